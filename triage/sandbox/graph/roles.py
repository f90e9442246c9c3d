"""Directory roles in Graph: who holds one, who may activate one, and whom they protect."""

from __future__ import annotations

from starlette.responses import Response

from triage.sandbox.founding import graph_time
from triage.sandbox.graph.calls import Call
from triage.sandbox.graph.errors import bad_request
from triage.sandbox.graph.pages import Kind, collection
from triage.sandbox.records import Json, RoleAssignment
from triage.sandbox.tenant import Tenant, roles_of, stable_id

# Template ids of Entra's built-in roles; a role without one here gets an id of its own.
_TEMPLATES = {
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "Privileged Authentication Administrator": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "Authentication Administrator": "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "Helpdesk Administrator": "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "Intune Administrator": "3a2c62db-5318-420d-8d74-23affee5d9d5",
    "Directory Readers": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
}
# Holding one of these does not keep lesser administrators away (Graph's table "who can reset passwords").
_UNPROTECTED = {"Directory Readers", "Guest Inviter"}

ROLE = Kind("directoryRoles", frozenset({"id", "displayName", "roleTemplateId"}), ("id", "displayName"))
_ASSIGNMENT = Kind(
    "roleManagement/directory/roleAssignments",
    frozenset({"id", "principalId", "roleDefinitionId", "directoryScopeId"}),
    ("id", "principalId", "roleDefinitionId", "directoryScopeId"),
    frozenset({"roleDefinition"}),
)
_ELIGIBLE_NAMES = (
    *("id", "principalId", "roleDefinitionId", "directoryScopeId", "memberType", "startDateTime"),
    *("endDateTime", "roleEligibilityScheduleId"),
)
_ELIGIBLE = Kind(
    "roleManagement/directory/roleEligibilityScheduleInstances",
    frozenset(_ELIGIBLE_NAMES),
    _ELIGIBLE_NAMES,
    frozenset({"roleDefinition"}),
)


def role_assignments(call: Call) -> Response:
    """GET /roleManagement/directory/roleAssignments with `$filter` and `$expand=roleDefinition`."""
    active = [r for r in call.seen.roles if not r.eligible]
    return collection(call, [_assignment(call, r) for r in active], _ASSIGNMENT)


def eligible_roles(call: Call) -> Response:
    """GET /roleManagement/directory/roleEligibilityScheduleInstances: what PIM lets a person activate."""
    eligible = [r for r in call.seen.roles if r.eligible]
    since = {"memberType": "Direct", "startDateTime": graph_time(call.seen.clock()), "endDateTime": None}
    items = [_assignment(call, r) | since | {"roleEligibilityScheduleId": stable_id(r.id)} for r in eligible]
    return collection(call, items, _ELIGIBLE)


def role_json(role: str) -> Json:
    """Return a directory role as a member of somebody's memberships."""
    return {"id": stable_id("role", role), "displayName": role, "roleTemplateId": role_definition_id(role)}


def role_definition_id(role: str) -> str:
    """Return the definition id of the role: Entra's template id where it is a built-in one."""
    return _TEMPLATES.get(role) or stable_id("role-definition", role)


def is_protected(tenant: Tenant, user_id: str) -> bool:
    """Tell whether Graph refuses sensitive changes to this person by an app without an admin role (403).

    So it is for holders of administrator roles and for members and owners of role-assignable groups; a role
    that is merely eligible does not protect (contracts, Graph section 4.1).
    """
    assignable = (g for g in tenant.groups.values() if g.properties["isAssignableToRole"])
    return bool(set(roles_of(tenant, user_id)) - _UNPROTECTED) or any(
        user_id in group.members or user_id in group.owners for group in assignable
    )


def _assignment(call: Call, held: RoleAssignment) -> Json:
    item: Json = {
        "id": held.id,
        "principalId": held.principal_id,
        "roleDefinitionId": role_definition_id(held.role),
        "directoryScopeId": "/",
    }
    expand = call.query.get("$expand")
    if expand not in {None, "roleDefinition"}:
        raise bad_request("Only roleDefinition can be expanded here.")
    if expand:
        definition = role_definition_id(held.role)
        item["roleDefinition"] = {
            "id": definition,
            "displayName": held.role,
            "isBuiltIn": held.role in _TEMPLATES,
            "isEnabled": True,
            "templateId": definition,
        }
    return item
