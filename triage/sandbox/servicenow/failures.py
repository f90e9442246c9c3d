"""Errors of the API with the words ServiceNow uses, and the one shape they are answered in."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class ApiFailure(Exception):  # noqa: N818 - a refusal to the caller, not a fault of ours
    """The request is answered with this status; `detail` may be None, as in the product."""

    def __init__(
        self,
        status: int,
        message: str,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.detail, self.headers = status, message, detail, dict(headers or {})


def not_authenticated() -> ApiFailure:
    """Return what an unknown, locked or restricted caller gets: which of these it is, is not told."""
    realm = {"WWW-Authenticate": 'BASIC realm="Service-now"'}
    return ApiFailure(401, "User Not Authenticated", "Required to provide Auth information", headers=realm)


def no_record() -> ApiFailure:
    """Return what a missing record gives; a hidden one gives the same."""
    return ApiFailure(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")


def acl(operation: str) -> ApiFailure:
    """Return the refusal of a write (`Insert`, `Update`, `Delete`) by an access control rule."""
    detail = f"ACL Exception {operation} Failed due to security constraints"
    return ApiFailure(403, "Operation Failed", detail)


async def answer(_: Request, failure: Exception) -> Response:
    """Give the failure as ServiceNow's error body."""
    assert isinstance(failure, ApiFailure)
    body = {"error": {"message": failure.message, "detail": failure.detail}, "status": "failure"}
    return JSONResponse(body, failure.status, headers=failure.headers)
