"""Key Vault secrets on the wire: the bundles a client gets, and the shape of a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from triage.sandbox.bodies import Body
from triage.sandbox.records import Json, SecretVersion
from triage.sandbox.tenant import Tenant

_DAYS = 90
_LAST_SECOND = 253_402_300_799  # the year 9999


class Attributes(Body):
    """Attributes of a secret as a client sends them; times are unix seconds."""

    enabled: bool | None = None
    nbf: int | None = Field(default=None, ge=0, le=_LAST_SECOND)
    exp: int | None = Field(default=None, ge=0, le=_LAST_SECOND)


class SecretUpdate(Body):
    """What can be changed of a version without a new value."""

    content_type: str | None = None
    tags: dict[str, str] | None = None
    attributes: Attributes = Attributes()


class NewSecret(SecretUpdate):
    """A new version."""

    value: str


class VaultError(Exception):
    """A refusal of Key Vault: HTTP status, `error.code`, `innererror.code` and the headers it carries."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        inner: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.inner, self.headers = status, code, inner, dict(headers or {})


def refused(error: VaultError, headers: dict[str, str]) -> Response:
    """Return the refusal as Key Vault words it."""
    body: Json = {"code": error.code, "message": str(error)}
    if error.inner is not None:
        body["innererror"] = {"code": error.inner}
    return JSONResponse({"error": body}, error.status, headers)


def bundle(request: Request, secret: SecretVersion) -> Json:
    """Return the bundle of a version with its value; times are unix seconds."""
    base = str(request.base_url).rstrip("/")
    attributes = {
        "enabled": secret.enabled,
        "created": int(secret.created.timestamp()),
        "updated": int(secret.updated.timestamp()),
        "recoveryLevel": "Recoverable+Purgeable",
        "recoverableDays": _DAYS,
    }
    times = {"nbf": secret.not_before, "exp": secret.expires}
    attributes |= {name: int(at.timestamp()) for name, at in times.items() if at is not None}
    shown: Json = {
        "value": secret.value,
        "id": f"{base}/secrets/{request.path_params['name']}/{secret.version}",
        "attributes": attributes,
        "tags": secret.tags,
    }
    return shown if secret.content_type is None else shown | {"contentType": secret.content_type}


def without_value(shown: Json) -> Json:
    """Return a bundle as it stands in lists and answers to changes: without the value."""
    return {name: value for name, value in shown.items() if name != "value"}


def deleted_bundle(tenant: Tenant, request: Request, secret: SecretVersion) -> Json:
    """Return the bundle of a deleted secret with where it can be recovered and when it is purged."""
    now, base = int(tenant.clock().timestamp()), str(request.base_url).rstrip("/")
    recovery = f"{base}/deletedsecrets/{request.path_params['name']}"
    purge = now + _DAYS * 86_400
    times = {"deletedDate": now, "scheduledPurgeDate": purge}
    return without_value(bundle(request, secret)) | {"recoveryId": recovery} | times


def moment(seconds: int | None) -> datetime | None:
    """Return the time of these unix seconds; None stays None."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
