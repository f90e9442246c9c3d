"""App registrations in Graph: what one is called and which credentials it has, never their values."""

from __future__ import annotations

import base64

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from starlette.responses import Response

from triage.sandbox.founding import graph_time
from triage.sandbox.graph.calls import Call, entity
from triage.sandbox.graph.errors import denied, not_found
from triage.sandbox.graph.pages import Kind, projected
from triage.sandbox.records import AppRegistration, AppSecret, Json
from triage.sandbox.tenant import stable_id

_NAMES = ("id", "appId", "displayName", "passwordCredentials", "keyCredentials")
_OF_ALL = frozenset({"Application.Read.All", "Application.ReadWrite.All"})
_APPLICATION = Kind("applications", frozenset(_NAMES), _NAMES)


def get_application(call: Call) -> Response:
    """GET /applications(appId='…'), the alternate key (contracts, Graph section 3)."""
    app = call.tenant.apps.get(call.keys["app"].lower())
    if app is None:
        raise not_found(call.keys["app"])
    if app.client_id != call.app_id and not call.roles & _OF_ALL:  # OwnedBy shows an app itself only
        raise denied()
    return entity(call, "applications/$entity", projected(call, _json(app), _APPLICATION))


def _json(app: AppRegistration) -> Json:
    return {
        "id": app.object_id,
        "appId": app.client_id,
        "displayName": app.display_name,
        "passwordCredentials": [_secret(one) for one in app.secrets],
        "keyCredentials": [_certificate(pem) for pem in app.certificates],
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
