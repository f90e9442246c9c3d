"""Bearer tokens of version 2 for our own API: signature, issuer, audience, lifetime."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path

import jwt

from actions.errors import Unreachable
from triage.errors import NotSignedIn
from triage.settings import EntraSettings
from triage.web.callers import Caller, caller_of

_ALGORITHMS = ["RS256"]
# `azp` is in access tokens alone: an ID token of the same application tells who signed in and opens nothing.
_REQUIRED = ["exp", "iss", "aud", "oid", "azp"]


@dataclass(frozen=True)
class BearerCheck:
    """Checks tokens against the tenant's published keys, which are kept for some minutes."""

    keys: jwt.PyJWKClient
    issuer: str
    audiences: tuple[str, ...]

    async def caller(self, token: str) -> Caller:
        """Return who holds the token.

        Raises:
            NotSignedIn: the token is not for us, not from our tenant, expired or damaged.
            Unreachable: the tenant's keys cannot be read.
        """
        try:
            key = await asyncio.to_thread(self.keys.get_signing_key_from_jwt, token)
            claims = jwt.decode(
                token,
                key.key,
                algorithms=_ALGORITHMS,
                audience=self.audiences,
                issuer=self.issuer,
                options={"require": _REQUIRED},
            )
        except jwt.PyJWKClientConnectionError as error:
            raise Unreachable("the tenant's keys cannot be read", hint="Try again in a minute.") from error
        except jwt.PyJWTError as error:
            raise NotSignedIn(
                f"the bearer token was refused: {type(error).__name__}",
                hint="Ask the tenant for a new token with our API's scope (api://CLIENT_ID/.default).",
            ) from error
        return caller_of(claims)


def bearer_check(entra: EntraSettings, ca_file: Path | None) -> BearerCheck:
    """Return the check for our tenant; keys are fetched when the first token comes."""
    tenant = f"{entra.authority.rstrip('/')}/{entra.tenant_id}"
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    audience = entra.audience or entra.client_id
    keys = jwt.PyJWKClient(f"{tenant}/discovery/v2.0/keys", ssl_context=context, timeout=10)
    return BearerCheck(keys, f"{tenant}/v2.0", (audience, f"api://{audience}"))
