"""The instance as an ASGI app: tokens, Table API in its three spellings, attachments, statistics, batches."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from triage.sandbox.servicenow import access, attachments, batch, failures, statistics, table_api
from triage.sandbox.servicenow.failures import ApiFailure
from triage.sandbox.servicenow.instance import Instance
from triage.sandbox.servicenow.limits import metered
from triage.sandbox.throttle import Throttle

# The path without a version is the newest one; only v1 differs (404 for an empty list).
_PREFIXES = ("/api/now", "/api/now/{version:str}")
_LIST = {"GET": table_api.list_records, "POST": table_api.create_record}
_RECORD = {
    "GET": table_api.read_record,
    "PATCH": table_api.update_record,
    "PUT": table_api.update_record,
    "DELETE": table_api.delete_record,
}


_OTHERS = (
    ("GET", "/attachment", attachments.list_attachments),
    ("POST", "/attachment/file", attachments.upload),
    ("GET", "/attachment/{sys_id}", attachments.read_attachment),
    ("GET", "/attachment/{sys_id}/file", attachments.download),
    ("DELETE", "/attachment/{sys_id}", attachments.remove),
    ("GET", "/stats/{table}", statistics.aggregate),
    ("POST", "/batch", batch.answer),
)


def app_for(instance: Instance, throttle: Throttle) -> Starlette:
    """Return the app that serves this instance; every request sees and changes the same state."""
    routes = [Route("/oauth_token.do", access.token, methods=["POST"])]
    for prefix in _PREFIXES:
        routes += [Route(prefix + path, metered(call), methods=[how]) for how, path, call in _OTHERS]
        routes += [
            Route(f"{prefix}/table/{{table}}", metered(call), methods=[m]) for m, call in _LIST.items()
        ]
        path = f"{prefix}/table/{{table}}/{{sys_id}}"
        routes += [Route(path, metered(call), methods=[method]) for method, call in _RECORD.items()]
    app = Starlette(routes=routes, exception_handlers={ApiFailure: failures.answer, 404: _unknown_path})
    app.state.instance, app.state.throttle = instance, throttle
    return app


async def _unknown_path(request: Request, _: Exception) -> Response:
    detail = "Requested URI does not represent any resource"
    return await failures.answer(request, ApiFailure(400, detail, f"{detail}: {request.url.path}"))
