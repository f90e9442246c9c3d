"""Who calls: OAuth tokens, Basic for web-service accounts, API keys; and what a role may read and write."""

import base64
import binascii
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from triage.sandbox.servicenow.failures import ApiFailure, acl, not_authenticated
from triage.sandbox.servicenow.instance import Account, Instance, Token, credentials
from triage.sandbox.servicenow.schema import TASKS

_OPEN_TABLES = frozenset({"sys_user", "sys_user_group", "sys_choice", "cmdb_ci"})


async def token(request: Request) -> Response:
    """Answer `POST /oauth_token.do`: client credentials for an opaque token, no refresh token."""
    instance: Instance = request.app.state.instance
    form, known = await request.form(), credentials(instance.tenant)
    if form.get("grant_type") != "client_credentials":
        return _token_error("unsupported_grant_type", "only client_credentials is enabled here")
    if form.get("client_id") != known.client_id:
        return _token_error("invalid_client", "client authentication failed")
    if not _same(str(form.get("client_secret", "")), known.client_secret):
        return _token_error("server_error", "access_denied")
    access_token = secrets.token_urlsafe(64)
    instance.tokens[access_token] = Token(known.user_name, instance.tenant.clock() + instance.token_life)
    seconds = int(instance.token_life.total_seconds())
    body = {
        "access_token": access_token,
        "scope": "useraccount",
        "token_type": "Bearer",
        "expires_in": seconds,
    }
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


def caller(request: Request, instance: Instance) -> Account:
    """Return the account that calls.

    Raises:
        ApiFailure: 401, whatever is wrong with the credentials.
    """
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if key := request.headers.get("x-sn-apikey"):
        account = _by_api_key(instance, key)
    elif scheme.lower() == "bearer":
        account = _by_token(instance, value)
    else:
        account = _by_password(instance, value) if scheme.lower() == "basic" else None
    if account is None or account.locked_out:
        raise not_authenticated()
    return account


def must_read(account: Account, table: str) -> None:
    """Let people with `itil` read everything, others only names and choices.

    Raises:
        ApiFailure: 403.
    """
    if table not in _OPEN_TABLES and "itil" not in account.roles:
        raise ApiFailure(403, "Insufficient rights to query records")


def must_write(account: Account, table: str, operation: str) -> None:
    """Let people with `itil` insert and update tasks, those with `approval_admin` approval records.

    Only an administrator deletes or writes other tables.

    Raises:
        ApiFailure: 403; `operation` is Insert, Update or Delete.
    """
    itil_may = "itil" in account.roles and table in TASKS and operation != "Delete"
    approval = table == "sysapproval_approver" and operation != "Delete"
    if not itil_may and not (approval and "approval_admin" in account.roles) and "admin" not in account.roles:
        raise acl(operation)


def _by_token(instance: Instance, value: str) -> Account | None:
    found = instance.tokens.get(value)
    if found is None or found.expires <= instance.tenant.clock():
        return None
    return instance.accounts.get(found.user_name)


def _by_password(instance: Instance, encoded: str) -> Account | None:
    try:
        user_name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    account = instance.accounts.get(user_name)
    if account is None or not account.web_service_only or not _same(password, account.password):
        return None
    return account


def _by_api_key(instance: Instance, key: str) -> Account | None:
    known = credentials(instance.tenant)
    return instance.accounts.get(known.user_name) if _same(key, known.api_key) else None


def _same(given: str, kept: str) -> bool:
    return hmac.compare_digest(given.encode(), kept.encode())


def _token_error(error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, 401)
