"""Permissions on people's calendars in Graph: one an address, and the organisation's own that stays."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from starlette.responses import JSONResponse, Response

from triage.sandbox.bodies import Body, parsed
from triage.sandbox.graph.calls import Call, no_content
from triage.sandbox.graph.errors import GraphError
from triage.sandbox.graph.mailboxes import mailbox_owner, noted
from triage.sandbox.graph.pages import Kind, collection
from triage.sandbox.records import Json
from triage.sandbox.tenant import new_id

_NAMES = ("id", "role", "allowedRoles", "emailAddress", "isInsideOrganization", "isRemovable")
_KIND = Kind("users/calendar/calendarPermissions", frozenset(_NAMES), _NAMES)
_Role = Literal[
    "none",
    "freeBusyRead",
    "limitedRead",
    "read",
    "write",
    "delegateWithoutPrivateEventAccess",
    "delegateWithPrivateEventAccess",
    "custom",
]


class _Holder(Body):
    address: str = Field(pattern="@")
    name: str = ""


class _New(Body):
    email_address: _Holder
    role: _Role
    is_inside_organization: bool = False
    is_removable: bool = True


class _Update(Body):
    role: _Role


def list_permissions(call: Call) -> Response:
    """GET /users/{id}/calendar/calendarPermissions."""
    return collection(call, mailbox_owner(call)["calendarPermissions"], _KIND)


def add_permission(call: Call) -> Response:
    """POST /users/{id}/calendar/calendarPermissions; a second one for an address is refused."""
    owner, asked = mailbox_owner(call), parsed(_New, call.body)
    address = asked.email_address.address
    held = owner["calendarPermissions"]
    if any(one["emailAddress"].get("address", "").casefold() == address.casefold() for one in held):
        raise GraphError(409, "ErrorItemExists", "A permission for this recipient already exists.")
    made: Json = {"id": new_id(call.tenant, "calendar permission")}
    made |= asked.model_dump(by_alias=True) | {
        "allowedRoles": ["freeBusyRead", "limitedRead", "read", "write"]
    }
    owner["calendarPermissions"] = [*held, made]
    noted(call, "Share calendar", owner, {address: None}, {address: asked.role})
    return JSONResponse(made, 201)


def update_permission(call: Call) -> Response:
    """PATCH …/calendarPermissions/{id}: the role, and nothing else."""
    owner, held = _permission(call)
    role = parsed(_Update, call.body).role
    name = held["emailAddress"]["name"]
    noted(call, "Share calendar", owner, {name: held["role"]}, {name: role})
    held["role"] = role
    return JSONResponse(held)


def remove_permission(call: Call) -> Response:
    """DELETE …/calendarPermissions/{id}; the organisation's own cannot be removed."""
    owner, held = _permission(call)
    if not held["isRemovable"]:
        raise GraphError(400, "ErrorInvalidRequest", "This permission cannot be removed.")
    owner["calendarPermissions"] = [one for one in owner["calendarPermissions"] if one is not held]
    name = held["emailAddress"]["name"]
    noted(call, "Unshare calendar", owner, {name: held["role"]}, {name: None})
    return no_content()


def _permission(call: Call) -> tuple[Json, Json]:
    owner, wanted = mailbox_owner(call), call.keys["permission"]
    held = next((one for one in owner["calendarPermissions"] if one["id"] == wanted), None)
    if held is None:
        raise GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    return owner, held
