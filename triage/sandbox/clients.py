"""Tells which app registration a token request comes from, by secret or by signed assertion."""

from __future__ import annotations

from collections.abc import Mapping

import jwt
from cryptography import x509

from triage.sandbox.records import AppRegistration
from triage.sandbox.registrations import matching_secret
from triage.sandbox.tokens import Issuer

_EXCHANGE = "api://AzureADTokenExchange"
"""The audience of tokens that other issuers make out for Entra (workload identity federation)."""
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class TokenError(Exception):
    """A refusal of the token endpoint: HTTP status, OAuth `error` and the AADSTS number."""

    def __init__(self, status: int, error: str, number: int, message: str) -> None:
        super().__init__(message)
        self.status, self.error, self.number = status, error, number


def authenticated(issuer: Issuer, form: Mapping[str, str]) -> AppRegistration:
    """Return the registration the form's credential belongs to.

    Raises:
        TokenError: 700016 unknown app, 7000112 disabled, 7000216 no credential, 7000215 wrong or not
            yet replicated secret, 7000222 expired secret, 700027 assertion not by a registered certificate,
            70021 token of an issuer or subject that is not trusted.
    """
    app = issuer.tenant.apps.get(form.get("client_id", "").lower())
    if app is None:
        named = form.get("client_id", "")[:40]
        message = f"Application with identifier '{named}' was not found in the directory."
        raise TokenError(400, "unauthorized_client", 700016, message)
    if not app.enabled:
        raise TokenError(401, "unauthorized_client", 7000112, f"Application '{app.client_id}' is disabled.")
    if form.get("client_assertion_type") == _ASSERTION:
        assertion = form.get("client_assertion", "")
        if _is_foreign(app, assertion):
            _check_federated(issuer, app, assertion)
        else:
            _check_assertion(issuer, app, assertion)
    elif "client_secret" in form:
        _check_secret(issuer, app, form["client_secret"])
    else:
        message = "'client_assertion' or 'client_secret' is required for the grant type."
        raise TokenError(401, "invalid_client", 7000216, message)
    return app


def _check_secret(issuer: Issuer, app: AppRegistration, value: str) -> None:
    secret, now = matching_secret(app, value), issuer.tenant.clock()
    if secret is None or now < secret.start:
        message = (
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret"
            f" value, not the client secret ID, for a secret added to app '{app.client_id}'."
        )
        raise TokenError(401, "invalid_client", 7000215, message)
    if now >= secret.end:
        message = f"The provided client secret keys for app '{app.client_id}' are expired."
        raise TokenError(401, "invalid_client", 7000222, message)


def _check_assertion(issuer: Issuer, app: AppRegistration, assertion: str) -> None:
    for pem in app.certificates:
        certificate = x509.load_pem_x509_certificate(pem)
        try:
            claims = jwt.decode(
                assertion,
                certificate.public_key(),  # type: ignore[arg-type]  # an RSA key: only such are registered
                algorithms=["RS256", "PS256"],
                options={"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
        except jwt.PyJWTError:
            continue
        fresh = claims.get("exp", 0) > issuer.tenant.clock().timestamp()
        if fresh and claims.get("iss") == claims.get("sub") == app.client_id and _is_ours(issuer, claims):
            return
    message = "Client assertion contains an invalid signature or is not made out for this authority and app."
    raise TokenError(401, "invalid_client", 700027, message)


def _is_foreign(app: AppRegistration, assertion: str) -> bool:
    """Whether somebody else than the app itself says that it made the assertion."""
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError:
        return False
    return bool(claims.get("iss")) and claims.get("iss") != app.client_id


def _check_federated(issuer: Issuer, app: AppRegistration, assertion: str) -> None:
    for trust in app.trusts:
        try:
            claims = jwt.decode(
                assertion,
                trust.key.decode(),
                algorithms=["RS256"],
                audience=_EXCHANGE,
                issuer=trust.issuer,
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
        except jwt.PyJWTError:
            continue
        if claims.get("sub") == trust.subject and claims.get("exp", 0) > issuer.tenant.clock().timestamp():
            return
    message = "No matching federated identity record found for presented assertion."
    raise TokenError(400, "invalid_request", 70021, message)


def _is_ours(issuer: Issuer, claims: Mapping[str, object]) -> bool:
    return str(claims.get("aud", "")).startswith(f"{issuer.url}/{issuer.tenant.id}")
