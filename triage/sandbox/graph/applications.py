"""App registrations in Graph: what one is called and which credentials it has, never their values."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from starlette.responses import Response

from triage.sandbox.founding import graph_time
from triage.sandbox.graph.calls import Call, changed, entity, no_content
from triage.sandbox.graph.errors import bad_request, denied, not_found
from triage.sandbox.graph.pages import Kind, projected
from triage.sandbox.records import AppRegistration, AppSecret, Json
from triage.sandbox.registrations import add_secret
from triage.sandbox.tenant import stable_id

_NAMES = ("id", "appId", "displayName", "passwordCredentials", "keyCredentials", "optionalClaims")
_OF_ALL = frozenset({"Application.Read.All", "Application.ReadWrite.All"})
_LIFE = timedelta(days=730)
_MOST_SECRETS = 16
_APPLICATION = Kind("applications", frozenset(_NAMES), _NAMES)


def get_application(call: Call) -> Response:
    """GET /applications(appId='…'), the alternate key (contracts, Graph section 3)."""
    app = call.tenant.apps.get(call.keys["app"].lower())
    if app is None:
        raise not_found(call.keys["app"])
    if app.client_id != call.app_id and not call.roles & _OF_ALL:  # OwnedBy shows an app itself only
        raise denied()
    return entity(call, "applications/$entity", projected(call, _json(app), _APPLICATION))


def add_password(call: Call) -> Response:
    """POST /applications/{id}/addPassword: a new client secret, whose value is told this once."""
    app, asked = _owned(call), call.body.get("passwordCredential") or {}
    if not isinstance(asked, dict) or len(app.secrets) >= _MOST_SECRETS:
        raise bad_request("The passwordCredential is malformed, or there are too many of them.")
    now, value = call.tenant.clock(), f"new~{secrets.token_urlsafe(30)}"
    end = _moment(asked.get("endDateTime"), now + _LIFE)
    name = str(asked.get("displayName") or "")
    made = add_secret(call.tenant, app, value, name=name, start=now, end=end)
    _note(call, app, "Add password", {"keyId": made.key_id})
    return entity(call, "microsoft.graph.passwordCredential", _secret(made) | {"secretText": value})


def remove_password(call: Call) -> Response:
    """POST /applications/{id}/removePassword: tokens got with it before stay good."""
    app, key_id = _owned(call), str(call.body.get("keyId", ""))
    kept = [one for one in app.secrets if one.key_id != key_id]
    if len(kept) == len(app.secrets):
        raise bad_request(f"No password credential found with keyId '{key_id[:40]}'.")
    app.secrets[:] = kept
    _note(call, app, "Remove password", {"keyId": key_id})
    return no_content()


def _owned(call: Call) -> AppRegistration:
    """Return the registration of this object id; with OwnedBy an app may change itself only."""
    wanted = call.keys["application"].lower()
    found = next((one for one in call.tenant.apps.values() if one.object_id == wanted), None)
    if found is None:
        raise not_found(wanted)
    if found.client_id != call.app_id and "Application.ReadWrite.All" not in call.roles:
        raise denied()
    return found


def _moment(text: object, otherwise: datetime) -> datetime:
    if text is None:
        return otherwise
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise bad_request("Cannot convert the literal to the expected type 'Edm.DateTimeOffset'.") from None
    if moment.tzinfo is None:
        raise bad_request("A time zone is missing.")
    return moment


def _note(call: Call, app: AppRegistration, what: str, after: Json) -> None:
    changed(call, what, {"id": app.object_id, "displayName": app.display_name}, {}, after)


def _json(app: AppRegistration) -> Json:
    return {
        "id": app.object_id,
        "appId": app.client_id,
        "displayName": app.display_name,
        "passwordCredentials": [_secret(one) for one in app.secrets],
        "keyCredentials": [_certificate(pem) for pem in app.certificates],
        "optionalClaims": {"idToken": [{"name": name} for name in app.id_claims]},
    }


def _secret(secret: AppSecret) -> Json:
    return {
        "keyId": secret.key_id,
        "displayName": secret.display_name,
        "hint": secret.hint,
        "startDateTime": graph_time(secret.start),
        "endDateTime": graph_time(secret.end),
        "secretText": None,
        "customKeyIdentifier": None,
    }


def _certificate(pem: bytes) -> Json:
    found = x509.load_pem_x509_certificate(pem)
    thumbprint = found.fingerprint(hashes.SHA1())  # noqa: S303 - how Entra names certificates
    return {
        "keyId": stable_id("certificate", thumbprint.hex()),
        "displayName": found.subject.rfc4514_string(),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "startDateTime": graph_time(found.not_valid_before_utc),
        "endDateTime": graph_time(found.not_valid_after_utc),
        "customKeyIdentifier": base64.b64encode(thumbprint).decode(),
        "key": None,
    }
