"""The Aggregate API: how many records a query picks, in all or by groups."""

from collections import Counter

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from triage.sandbox.records import Json
from triage.sandbox.servicenow.instance import Instance, value_at
from triage.sandbox.servicenow.rendering import display_of, shown_at
from triage.sandbox.servicenow.schema import column_at
from triage.sandbox.servicenow.table_api import picked


async def aggregate(request: Request) -> Response:
    """Answer `GET /stats/{table}` with `sysparm_count`, `sysparm_group_by` and `sysparm_display_value`."""
    instance: Instance = request.app.state.instance
    table, asked = request.path_params["table"], request.query_params
    rows = picked(request, table)
    names = [name.strip() for name in asked.get("sysparm_group_by", "").split(",")]
    fields = [name for name in names if column_at(table, name)]
    if not fields:
        return JSONResponse({"result": {"stats": _count(request, len(rows))}})
    display = display_of(asked.get("sysparm_display_value"))
    groups: dict[tuple[str, ...], list[Json]] = {}
    sizes: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        values = {field: value_at(instance, table, row, field) for field in fields}
        key = tuple(values.values())
        sizes[key] += 1
        shown = {field: shown_at(instance, table, row, field) for field in fields}
        groups[key] = [
            {"field": field, "value": values[field] if display == "false" else shown[field]}
            for field in fields
        ]
    return JSONResponse(
        {
            "result": [
                {"stats": _count(request, sizes[key]), "groupby_fields": told} for key, told in groups.items()
            ]
        }
    )


def _count(request: Request, number: int) -> Json:
    return {"count": str(number)} if request.query_params.get("sysparm_count") == "true" else {}
