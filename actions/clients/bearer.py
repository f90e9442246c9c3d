"""What a client needs of whoever gets its tokens, and what a token tells about us."""

from __future__ import annotations

import base64
import json
import re
from typing import Protocol


class TokenSource(Protocol):
    """Gets access tokens and keeps them; many callers at once cost one request."""

    async def token(self, scope: str, *, claims: str = "") -> str:
        """Return an access token for `scope`, for instance `https://graph.microsoft.com/.default`.

        Args:
            scope: one resource; the empty string where the service knows none.
            claims: a claims challenge (JSON) from a 401; the kept token is then passed over.

        Raises:
            CredentialRefused: our credential or registration is not accepted; the hint says what to do.
            Unreachable: the authority gave no usable answer.
        """

    async def forget(self, scope: str) -> None:
        """Drop the kept token, so that the next one shows consent given or taken meanwhile."""


def app_roles(token: str) -> frozenset[str] | None:
    """Return the `roles` claim of an access token for self-diagnosis; `None` when it cannot be read.

    The signature is not checked: nothing but the wording of a hint rests on it (entra-auth.md section 3).
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    roles = claims.get("roles", []) if isinstance(claims, dict) else None
    return frozenset(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else None


def includes(held: frozenset[str], permission: str) -> bool:
    """Tell whether what is held includes `permission`, itself or by the right to write the same."""
    reads = permission.replace(".ReadBasic.", ".Read.")
    return not held.isdisjoint({permission, reads, re.sub(r"\.Read(?=\.|$)", ".ReadWrite", permission)})
