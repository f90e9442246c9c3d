"""Who calls: a person signed in by the page or a token of a script, with the app roles Entra gave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from triage.errors import NotAllowed


class Role(StrEnum):
    """App roles of our registration (interfaces.md section 5)."""

    VIEWER = "viewer"
    APPROVER = "approver"
    ADMIN = "admin"
    AUDITOR = "auditor"
    INTAKE = "intake"


_IMPLIED: Mapping[Role, frozenset[Role]] = {
    Role.ADMIN: frozenset({Role.VIEWER}),
    Role.APPROVER: frozenset({Role.VIEWER}),
    Role.AUDITOR: frozenset({Role.VIEWER}),
}
"""Whoever administers, approves or audits may look; an admin does not approve unless Entra says so too."""


@dataclass(frozen=True)
class Caller:
    """A person (`upn` set) or an application, by its immutable object id."""

    id: str
    name: str
    upn: str
    roles: frozenset[Role]

    def needs(self, *roles: Role) -> Caller:
        """Return the caller if it has one of `roles`.

        Raises:
            NotAllowed: it has none; the hint names who can grant it.
        """
        if self.roles & set(roles):
            return self
        wanted = " or ".join(role.value for role in roles)
        raise NotAllowed(
            f"this needs the app role {wanted}",
            hint="An administrator grants app roles in Entra: Enterprise applications, Users and groups.",
            subject=self.upn or self.id,
        )


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """Return the caller described by the claims of a checked token.

    Roles we do not know are left out: a tenant may have more than this version understands.
    """
    given = {Role(name) for name in claims.get("roles", ()) if name in set(Role)}
    implied = frozenset[Role]().union(*(_IMPLIED.get(role, frozenset()) for role in given))
    upn = str(claims.get("preferred_username", ""))
    name = str(claims.get("name") or upn or claims.get("azp", ""))
    return Caller(id=str(claims["oid"]), name=name, upn=upn, roles=frozenset(given) | implied)
