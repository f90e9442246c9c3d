"""Directory roles somebody holds or may switch on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from actions.clients.call import Call, Json
from actions.clients.graph.odata import literal
from actions.clients.graph.pages import everything
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.http import Api

_DIRECTORY = "/roleManagement/directory"


def get_active_roles(user_id: str) -> Call:
    """Ask for the roles assigned to somebody directly; those through groups show in the groups."""
    return _of(user_id, "roleAssignments", PERMISSIONS["roles.active"])


def get_eligible_roles(user_id: str) -> Call:
    """Ask for the roles somebody may switch on through PIM."""
    return _of(user_id, "roleEligibilityScheduleInstances", PERMISSIONS["roles.eligible"])


def role_names(assignments: list[Json]) -> tuple[str, ...]:
    """Return the display names of the roles, sorted; the id where a name did not come."""
    return tuple(sorted({_name(one) for one in assignments}))


@dataclass(frozen=True)
class Roles:
    """Directory roles of the tenant."""

    api: Api

    async def active(self, user_id: str) -> tuple[str, ...]:
        """Return the names of the roles assigned to somebody directly."""
        return role_names(await everything(self.api, get_active_roles(user_id)))

    async def eligible(self, user_id: str) -> tuple[str, ...]:
        """Return the names of the roles somebody may switch on through PIM (needs Entra P2)."""
        return role_names(await everything(self.api, get_eligible_roles(user_id)))


def _of(user_id: str, what: str, permission: str) -> Call:
    params = {"$filter": f"principalId eq '{literal(user_id)}'", "$expand": "roleDefinition"}
    return Call(method="GET", path=f"{_DIRECTORY}/{what}", params=params, permission=permission)


def _name(assignment: Json) -> str:
    definition: Any = assignment.get("roleDefinition")
    name = definition.get("displayName") if isinstance(definition, dict) else None
    return str(name or assignment.get("roleDefinitionId") or "unnamed role")
