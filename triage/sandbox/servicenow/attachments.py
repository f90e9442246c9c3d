"""The Attachment API: what is attached to a record, its content, adding and removing."""

from starlette.requests import Request
from starlette.responses import Response

from triage.sandbox.servicenow import access
from triage.sandbox.servicenow.failures import ApiFailure, no_record
from triage.sandbox.servicenow.history import Author
from triage.sandbox.servicenow.instance import Instance, Row
from triage.sandbox.servicenow.schema import TASKS
from triage.sandbox.servicenow.table_api import one, page_of, picked
from triage.sandbox.servicenow.writing import insert

TABLE = "sys_attachment"


async def list_attachments(request: Request) -> Response:
    """Answer `GET /attachment`: metadata only, by `sysparm_query` or `table_name=…&table_sys_id=…`."""
    return page_of(request, TABLE)


async def read_attachment(request: Request) -> Response:
    """Answer `GET /attachment/{id}`: the metadata of one."""
    return one(request, TABLE, _row(request))


async def download(request: Request) -> Response:
    """Answer `GET /attachment/{id}/file` with the content as it was sent."""
    row = _row(request)
    instance: Instance = request.app.state.instance
    return Response(instance.files[row["sys_id"]], media_type=row["content_type"])


async def upload(request: Request) -> Response:
    """Answer `POST /attachment/file?table_name&table_sys_id&file_name` with 201 and the metadata."""
    instance: Instance = request.app.state.instance
    account, asked = access.caller(request, instance), request.query_params
    table, sys_id, name = (asked.get(key, "") for key in ("table_name", "table_sys_id", "file_name"))
    if table not in TASKS or not name:
        raise ApiFailure(400, "Invalid request", "table_name, table_sys_id and file_name are required")
    if sys_id not in instance.tables[table]:
        raise no_record()
    access.must_write(account, table, "Insert")
    content = await request.body()
    values = {
        "file_name": name,
        "table_name": table,
        "table_sys_id": sys_id,
        "content_type": request.headers.get("content-type", "application/octet-stream"),
        "size_bytes": str(len(content)),
    }
    row = insert(instance, TABLE, values, Author(account.user_name, account.roles))
    instance.files[row["sys_id"]] = content
    response = one(request, TABLE, row, status=201)
    response.headers["Location"] = f"{str(request.base_url).rstrip('/')}/api/now/attachment/{row['sys_id']}"
    return response


async def remove(request: Request) -> Response:
    """Answer `DELETE /attachment/{id}` with 204; who attached it may."""
    instance: Instance = request.app.state.instance
    row, account = _row(request), access.caller(request, instance)
    if row["sys_created_by"] != account.user_name:
        access.must_write(account, TABLE, "Delete")
    del instance.tables[TABLE][row["sys_id"]]
    instance.files.pop(row["sys_id"], None)
    return Response(status_code=204)


def _row(request: Request) -> Row:
    wanted = request.path_params["sys_id"]
    found = next((row for row in picked(request, TABLE) if row["sys_id"] == wanted), None)
    if found is None:
        raise no_record()
    return found
