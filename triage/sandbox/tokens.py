"""Makes and checks the RS256 tokens of the make-believe Entra, by its own clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from triage.sandbox.records import AppRegistration, Json
from triage.sandbox.registrations import api_audience
from triage.sandbox.tenant import Tenant, new_id, stable_id

_ALGORITHM = "RS256"


@dataclass(slots=True)
class Issuer:
    """Who signs tokens for a tenant, for how long, and under which name (`url`, without the tenant).

    `lifetime` may be changed while the sandbox runs; `codes` are the open codes of the sign-in page.
    """

    tenant: Tenant
    url: str
    key: rsa.RSAPrivateKey
    lifetime: timedelta = timedelta(minutes=75)
    codes: dict[str, SignIn] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person who signed in at the page, waiting for the client to redeem the code (RFC 6749, RFC 7636)."""

    client_id: str
    redirect_uri: str
    user_id: str
    scope: str
    nonce: str | None
    challenge: str | None
    expires_at: float


class InvalidTokenError(Exception):
    """The bearer token is missing, expired, of another audience or not ours; the message says which."""


def new_issuer(tenant: Tenant, url: str) -> Issuer:
    """Return an issuer; `url` is the authority's scheme, host and port."""
    return Issuer(tenant, url, _key_of_this_process())


@cache
def _key_of_this_process() -> rsa.RSAPrivateKey:
    # Shared by all sandboxes of a process: making one takes longer than founding a company.
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwks(issuer: Issuer) -> Json:
    """Return the public key as a JSON Web Key Set (RFC 7517)."""
    key = jwt.algorithms.RSAAlgorithm.to_jwk(issuer.key.public_key(), as_dict=True)
    return {"keys": [key | {"use": "sig", "kid": _key_id(issuer), "alg": _ALGORITHM}]}


def app_token(issuer: Issuer, app: AppRegistration, audience: str) -> str:
    """Return an access token of the app itself for this audience, with the roles granted and nothing else.

    Without any granted role the claim `roles` is missing: consent is checked by the API, not by the token
    endpoint (contracts, Entra section 3). Microsoft's APIs get version 1 claims, our own API version 2.
    """
    granted = sorted(app.granted.get(audience, ()))
    claims: Json = {"oid": app.principal_id, "sub": app.principal_id, "idtyp": "app"}
    if granted:
        claims["roles"] = granted
    if audience == api_audience(issuer.tenant):
        return _signed(issuer, claims | _version_2(issuer, audience) | {"azp": app.client_id, "azpacr": "1"})
    sts = f"https://sts.windows.net/{issuer.tenant.id}/"
    version_1 = {"aud": audience, "iss": sts, "ver": "1.0", "appid": app.client_id, "appidacr": "1"}
    return _signed(issuer, claims | version_1 | {"app_displayname": app.display_name})


def id_token(issuer: Issuer, sign_in: SignIn) -> str:
    """Return the id_token of a person who signed in, with the roles the person has in our API."""
    user = issuer.tenant.users[sign_in.user_id]
    claims: Json = {
        "aud": sign_in.client_id,
        "iss": authority(issuer),
        "ver": "2.0",
        "oid": user["id"],
        "sub": stable_id(sign_in.client_id, user["id"]),
        "name": user["displayName"],
        "preferred_username": user["userPrincipalName"],
        "auth_time": int(issuer.tenant.clock().timestamp()),  # the page here always asks who it is
    }
    if sign_in.nonce is not None:
        claims["nonce"] = sign_in.nonce
    return _signed(issuer, claims | _person_roles(issuer, user["id"]))


def user_token(issuer: Issuer, sign_in: SignIn) -> str:
    """Return an access token for our own API on behalf of the person who signed in."""
    user = issuer.tenant.users[sign_in.user_id]
    claims: Json = {
        "oid": user["id"],
        "sub": stable_id(sign_in.client_id, user["id"]),
        "name": user["displayName"],
        "preferred_username": user["userPrincipalName"],
        "azp": sign_in.client_id,
        "scp": "access",
    }
    version_2 = _version_2(issuer, api_audience(issuer.tenant))
    return _signed(issuer, claims | version_2 | _person_roles(issuer, user["id"]))


def checked(issuer: Issuer, authorization: str | None, audience: str) -> Json:
    """Return the claims of an `Authorization: Bearer …` header made out for this audience.

    Raises:
        InvalidTokenError: missing, malformed, signed by another key, expired, for another audience or tenant.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise InvalidTokenError("Access token is empty.")
    # The tenant's clock decides on expiry, so the library must not look at the machine's.
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    try:
        claims: Json = jwt.decode(
            token, issuer.key.public_key(), algorithms=[_ALGORITHM], audience=audience, options=options
        )
    except jwt.InvalidAudienceError:
        raise InvalidTokenError("Access token validation failure. Invalid audience.") from None
    except jwt.PyJWTError:
        raise InvalidTokenError("Access token validation failure. The signature or form is wrong.") from None
    if claims["tid"] != issuer.tenant.id:
        raise InvalidTokenError("Access token validation failure. The token is of another tenant.")
    if issuer.tenant.clock().timestamp() >= claims["exp"]:
        raise InvalidTokenError("Lifetime validation failed, the token is expired.")
    return claims


def authority(issuer: Issuer) -> str:
    """Return the issuer name of version 2 tokens."""
    return f"{issuer.url}/{issuer.tenant.id}/v2.0"


def _version_2(issuer: Issuer, audience: str) -> Json:
    return {"aud": audience.removeprefix("api://"), "iss": authority(issuer), "ver": "2.0"}


def _person_roles(issuer: Issuer, user_id: str) -> Json:
    roles = issuer.tenant.api_roles.get(user_id, [])
    return {"roles": list(roles)} if roles else {}


def _signed(issuer: Issuer, claims: Json) -> str:
    now = int(issuer.tenant.clock().timestamp())
    times = {"iat": now, "nbf": now, "exp": now + int(issuer.lifetime.total_seconds())}
    identity = {"tid": issuer.tenant.id, "uti": new_id(issuer.tenant, "token")}
    headers = {"kid": _key_id(issuer)}
    return jwt.encode(claims | times | identity, issuer.key, algorithm=_ALGORITHM, headers=headers)


def _key_id(issuer: Issuer) -> str:
    return stable_id(issuer.tenant.id, "signing-key")
