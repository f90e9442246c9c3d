"""Graph's refusals: one exception with status and code, and its JSON shape."""

from __future__ import annotations

from collections.abc import Mapping

from triage.sandbox.records import Json


class GraphError(Exception):
    """A refusal of Graph: HTTP status, `error.code`, message; details and headers where documented."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: list[Json] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.details, self.headers = status, code, details, dict(headers or {})


def bad_request(message: str, *, details: list[Json] | None = None) -> GraphError:
    """400 Request_BadRequest: the request itself is refused and will be refused again."""
    return GraphError(400, "Request_BadRequest", message, details=details)


def unsupported_query(message: str) -> GraphError:
    """400 Request_UnsupportedQuery: a query option is not offered, or lacks `ConsistencyLevel: eventual`."""
    return GraphError(400, "Request_UnsupportedQuery", message)


def denied() -> GraphError:
    """403 Authorization_RequestDenied: a permission is missing, or the target is protected."""
    message = "Insufficient privileges to complete the operation."
    return GraphError(403, "Authorization_RequestDenied", message)


def not_found(key: str) -> GraphError:
    """404 Request_ResourceNotFound: there is no such object, or a referenced one is not there."""
    message = (
        f"Resource '{key}' does not exist or one of its queried reference-property objects are not present."
    )
    return GraphError(404, "Request_ResourceNotFound", message)


def on_premises_mastered() -> GraphError:
    """400 Request_BadRequest: the object is synced, so Active Directory decides what it is like."""
    return bad_request(
        "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects"
        " currently undergoing migration."
    )


def error_body(error: GraphError, date: str, request_id: str, client_request_id: str) -> Json:
    """Return the body every Graph refusal has (contracts, Graph section 2.1)."""
    inner = {"date": date, "request-id": request_id, "client-request-id": client_request_id}
    body: Json = {"code": error.code, "message": str(error), "innerError": inner}
    if error.details is not None:
        body["details"] = error.details
    return {"error": body}
