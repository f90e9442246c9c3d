"""Reads people in Graph: by id or name, listed, searched; their manager, groups and memberships."""

from __future__ import annotations

import re

from pydantic import Field
from starlette.responses import JSONResponse, Response

from triage.sandbox.bodies import Body, parsed
from triage.sandbox.graph.calls import Call, allows, check_cast, entity, require, user_of
from triage.sandbox.graph.errors import GraphError, bad_request, not_found
from triage.sandbox.graph.groups import GROUP, GROUP_TYPE, group_json
from triage.sandbox.graph.pages import Kind, collection, projected, selected
from triage.sandbox.graph.roles import ROLE, role_json
from triage.sandbox.graph.shapes import USER, USER_DEFAULT, USER_TYPE
from triage.sandbox.records import Json
from triage.sandbox.tenant import groups_of, manager_of, roles_of, stable_id

_EXPAND_MANAGER = re.compile(r"manager(?:\(\$select=(?P<names>[\w,]+)\))?")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class _GroupIds(Body):
    group_ids: list[str] = Field(max_length=20)


def get_user(call: Call) -> Response:
    """GET /users/{id|upn}: the default properties, or those of `$select`."""
    if "signInActivity" in selected(call, USER):
        _check_sign_in_activity(call)
    user = _mailbox_of(call) or user_of(call, call.seen)
    return entity(call, "users/$entity", projected(call, _shown(call, user), USER))


def list_users(call: Call) -> Response:
    """GET /users with `$filter`, `$search`, `$select`, `$top`, `$count`, `$expand=manager`."""
    if "signInActivity" in selected(call, USER):
        require(call, "AuditLog.Read.All")
    return collection(call, (_shown(call, user) for user in call.seen.users.values()), USER)


def get_manager(call: Call) -> Response:
    """GET /users/{id}/manager; nobody above is a 404, not an error."""
    manager = manager_of(call.seen, user_of(call, call.seen)["id"])
    if manager is None:
        raise not_found("manager")
    return entity(call, "directoryObjects/$entity", USER_TYPE | projected(call, manager, USER))


def member_groups(call: Call) -> Response:
    """GET /users/{id}/transitiveMemberOf/microsoft.graph.group (cast: `ConsistencyLevel` and `$count`)."""
    check_cast(call)
    user = user_of(call, call.seen)
    groups = [group_json(group) for group in groups_of(call.seen, user["id"])]
    if not allows(call.roles, {"GroupMember.Read.All"}):
        groups = [GROUP_TYPE | {"id": group["id"]} for group in groups]
    return collection(call, groups, GROUP)


def member_roles(call: Call) -> Response:
    """GET /users/{id}/transitiveMemberOf/microsoft.graph.directoryRole: the active roles."""
    check_cast(call)
    require(call, "RoleManagement.Read.Directory")
    user = user_of(call, call.seen)
    return collection(call, [role_json(role) for role in roles_of(call.seen, user["id"])], ROLE)


def member_of(call: Call) -> Response:
    """GET /users/{id}/transitiveMemberOf: groups and directory roles together, each with its type."""
    user = user_of(call, call.seen)
    groups = [GROUP_TYPE | group_json(g) for g in groups_of(call.seen, user["id"])]
    roles = [
        {"@odata.type": "#microsoft.graph.directoryRole"} | role_json(role)
        for role in roles_of(call.seen, user["id"])
    ]
    mixed = Kind("directoryObjects", GROUP.properties | ROLE.properties, ("id", "displayName"))
    return collection(call, groups + roles, mixed)


def check_member_groups(call: Call) -> Response:
    """POST /users/{id}/checkMemberGroups: which of at most 20 groups the person is in, nested included."""
    user = user_of(call, call.seen)
    asked = [group_id.lower() for group_id in parsed(_GroupIds, call.body).group_ids]
    held = {group.properties["id"] for group in groups_of(call.seen, user["id"])}
    context = f"{call.root}/$metadata#Collection(Edm.String)"
    return JSONResponse({"@odata.context": context, "value": [g for g in asked if g in held]})


def _check_sign_in_activity(call: Call) -> None:
    require(call, "AuditLog.Read.All")
    if not _GUID.fullmatch(call.keys["user"]):
        raise GraphError(
            400, "BadRequest", "Get By Key only supports UserId and the key has to be a valid Guid"
        )


def _mailbox_of(call: Call) -> Json | None:
    """Return the account behind a shared mailbox, with which nobody signs in, or None."""
    key = call.keys["user"].casefold()
    address = next((one for one in call.seen.mailboxes if one.casefold() == key), None)
    if address is None:
        return None
    names = {"displayName": call.seen.mailboxes[address], "userPrincipalName": address, "mail": address}
    nobody = {"accountEnabled": False, "userType": "Member", "signInActivity": None}
    return {"id": stable_id(call.seen.id, "mailbox", address), **names, **nobody}


def _shown(call: Call, user: Json) -> Json:
    """Leave out a sign-in that never was, add the manager where it is expanded."""
    never = user["signInActivity"] is None
    kept = {name: value for name, value in user.items() if not (never and name == "signInActivity")}
    return kept | _expanded(call, user)


def _expanded(call: Call, user: Json) -> Json:
    option = call.query.get("$expand")
    if option is None:
        return {}
    match = _EXPAND_MANAGER.fullmatch(option)
    if match is None:
        raise bad_request("Only manager can be expanded here.")
    names = (match["names"] or ",".join(USER_DEFAULT)).split(",")
    manager = manager_of(call.seen, user["id"])
    return {} if manager is None else {"manager": USER_TYPE | {name: manager.get(name) for name in names}}
