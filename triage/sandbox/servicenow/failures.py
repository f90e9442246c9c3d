"""Errors of the API with the words ServiceNow uses, and the one shape they are answered in."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class ApiFailure(Exception):  # noqa: N818 - a refusal to the caller, not a fault of ours
    """The request is answered with this status; `detail` may be None, as in the product."""

    def __init__(self, status: int, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.detail = status, message, detail


def not_authenticated() -> ApiFailure:
    """Return what an unknown, locked or restricted caller gets: which of these it is, is not told."""
    return ApiFailure(401, "User Not Authenticated", "Required to provide Auth information")


def no_record() -> ApiFailure:
    """Return what a missing record gives; a hidden one gives the same."""
    return ApiFailure(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")


def acl(operation: str) -> ApiFailure:
    """Return the refusal of a write (`Insert`, `Update`, `Delete`) by an access control rule."""
    detail = f"ACL Exception {operation} Failed due to security constraints"
    return ApiFailure(403, "Operation Failed", detail)


async def answer(_: Request, failure: Exception) -> Response:
    """Give the failure as ServiceNow's error body; a 401 names the Basic realm."""
    assert isinstance(failure, ApiFailure)
    body = {"error": {"message": failure.message, "detail": failure.detail}, "status": "failure"}
    headers = {"WWW-Authenticate": 'BASIC realm="Service-now"'} if failure.status == 401 else None
    return JSONResponse(body, failure.status, headers=headers)
