"""The Table API: one handler a method, parameters and answers as contract and documentation give them."""

import json
import re
from typing import cast
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from triage.sandbox.records import Json
from triage.sandbox.servicenow import access, failures, writing
from triage.sandbox.servicenow.failures import ApiFailure
from triage.sandbox.servicenow.history import Author
from triage.sandbox.servicenow.inputs import body_values
from triage.sandbox.servicenow.instance import Account, Instance, Row, value_at
from triage.sandbox.servicenow.matching import selected
from triage.sandbox.servicenow.query import from_pairs, parse
from triage.sandbox.servicenow.rendering import View, display_of, rendered
from triage.sandbox.servicenow.schema import TABLES, Kind, column_at

DEFAULT_LIMIT = 10_000
_MYSELF = "javascript:gs.getUserName()"
_NO_ROWS = "glide.invalid_query.returns_no_rows"


async def list_records(request: Request) -> Response:
    """Answer `GET /table/{table}`: the rows the query picks, one page of them, with count and links."""
    return page_of(request, request.path_params["table"])


def page_of(request: Request, table: str) -> Response:
    """Return the page of this table the request asks for."""
    rows = picked(request, table)
    instance: Instance = request.app.state.instance
    limit = _number(request, "sysparm_limit", DEFAULT_LIMIT)
    offset = _number(request, "sysparm_offset", 0)
    page = rows[offset : offset + limit]
    if not page and request.path_params.get("version") == "v1":
        raise ApiFailure(404, "No Record found", "Records matching query not found")
    view = _view(request)
    headers = _page_headers(request, len(rows), limit, offset)
    seen = [row for row in page if row["sys_id"] not in instance.hidden]
    return JSONResponse({"result": [rendered(instance, table, row, view) for row in seen]}, headers=headers)


async def read_record(request: Request) -> Response:
    """Answer `GET /table/{table}/{sys_id}`."""
    instance, account, table = _opened(request, request.path_params["table"])
    access.must_read(account, table)
    return one(request, table, _row(request, instance, table))


async def create_record(request: Request) -> Response:
    """Answer `POST /table/{table}` with 201, the record and where it is."""
    instance, account, table = _opened(request, request.path_params["table"])
    access.must_write(account, table, "Insert")
    values = await _values(request, instance, table)
    try:
        row = writing.insert(instance, table, values, _author(account))
    except writing.Aborted as reason:
        raise ApiFailure(403, "Operation Failed", f"Error: {reason}") from reason
    response = one(request, table, row, status=201)
    response.headers["Location"] = f"{_base(request)}/api/now/table/{table}/{row['sys_id']}"
    return response


async def update_record(request: Request) -> Response:
    """Answer PATCH and PUT of one record with the whole record after it."""
    instance, account, table = _opened(request, request.path_params["table"])
    access.must_write(account, table, "Update")
    row, values = _row(request, instance, table), await _values(request, instance, table)
    try:
        writing.update(instance, table, row, values, _author(account))
    except writing.Aborted as reason:
        raise ApiFailure(403, "Operation Failed", f"Error: {reason}") from reason
    return one(request, table, row)


async def delete_record(request: Request) -> Response:
    """Answer DELETE of one record with 204."""
    instance, account, table = _opened(request, request.path_params["table"])
    access.must_write(account, table, "Delete")
    del instance.tables[table][_row(request, instance, table)["sys_id"]]
    return Response(status_code=204)


def _opened(request: Request, table: str) -> tuple[Instance, Account, str]:
    """Check caller, table and `Accept`, in the order the product does."""
    instance: Instance = request.app.state.instance
    account = access.caller(request, instance)
    if table not in TABLES:
        raise ApiFailure(400, f"Invalid table {table}")
    accepted = request.headers.get("accept", "*/*")
    if not re.search(r"application/(json|\*)|\*/\*", accepted):
        raise ApiFailure(406, "Requested response format is not supported", accepted)
    return instance, account, table


def _author(account: Account) -> Author:
    return Author(account.user_name, account.roles)


def _row(request: Request, instance: Instance, table: str) -> Row:
    row = instance.tables[table].get(request.path_params["sys_id"])
    if row is None or row["sys_id"] in instance.hidden:
        raise failures.no_record()
    return row


async def _values(request: Request, instance: Instance, table: str) -> Row:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise ApiFailure(415, "Unsupported media type", "Send the body as application/json")
    try:
        body = json.loads(await request.body())
    except ValueError as broken:
        raise ApiFailure(400, "Exception while reading request", "The payload is not valid JSON") from broken
    if not isinstance(body, dict):
        raise ApiFailure(400, "Exception while reading request", "The payload is not a JSON object")
    display = request.query_params.get("sysparm_input_display_value") == "true"
    return body_values(instance, table, cast("Json", body), display=display)


def picked(request: Request, table: str) -> list[Row]:
    """Return the rows of this table the request's query picks, in its order, if the caller may read them.

    Raises:
        ApiFailure: 401, 403 or 400; who calls, what may be read, which table.
    """
    instance, account, _ = _opened(request, table)
    access.must_read(account, table)

    def known(path: str) -> bool:
        return column_at(table, path) is not None

    def kind_of(path: str) -> Kind:
        column = column_at(table, path)
        return column.kind if column else "string"

    pairs = [(n, v) for n, v in request.query_params.multi_items() if not n.startswith("sysparm_")]
    encoded = request.query_params.get("sysparm_query")
    if encoded is None:
        query = from_pairs(pairs, known)
    else:  # of the scripts a query may hold, the one that names the caller
        query = parse(encoded.replace(_MYSELF, account.user_name), known)
    if query.dropped and instance.properties.get(_NO_ROWS) == "true":
        return []
    rows = instance.tables[table].values()
    return selected(query, rows, kind_of, lambda row, path: value_at(instance, table, row, path))


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else default


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _view(request: Request) -> View:
    asked = request.query_params
    fields = tuple(name.strip() for name in asked.get("sysparm_fields", "").split(",") if name.strip())
    links = asked.get("sysparm_exclude_reference_link") != "true"
    return View(fields, display_of(asked.get("sysparm_display_value")), links, _base(request))


def one(request: Request, table: str, row: Row, *, status: int = 200) -> Response:
    """Return one record as the request wants to see it."""
    instance: Instance = request.app.state.instance
    if request.headers.get("x-no-response-body") == "true":
        return Response(status_code=204 if status == 200 else status)
    return JSONResponse({"result": rendered(instance, table, row, _view(request))}, status)


def _page_headers(request: Request, total: int, limit: int, offset: int) -> dict[str, str]:
    asked = request.query_params
    headers = {} if asked.get("sysparm_no_count") == "true" else {"X-Total-Count": str(total)}
    if asked.get("sysparm_suppress_pagination_header") != "true" and limit:
        last = (total - 1) // limit * limit if total else 0
        starts = {"first": 0, "prev": offset - limit, "next": offset + limit, "last": last}
        links = [_page_link(request, rel, at) for rel, at in starts.items() if 0 <= at < max(total, 1)]
        headers["Link"] = ",".join(links)
    return headers


def _page_link(request: Request, rel: str, offset: int) -> str:
    params = [(n, v) for n, v in request.query_params.multi_items() if n != "sysparm_offset"]
    address = f"{_base(request)}{request.url.path}?{urlencode([*params, ('sysparm_offset', str(offset))])}"
    return f'<{address}>;rel="{rel}"'
