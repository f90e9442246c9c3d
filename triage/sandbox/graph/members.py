"""Changes who is in a group, with every refusal Graph documents for groups that are not its own to change."""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

from triage.sandbox.bodies import Body, parsed
from triage.sandbox.graph.calls import Call, allows, changed, group_of, no_content
from triage.sandbox.graph.errors import bad_request, denied, not_found, on_premises_mastered
from triage.sandbox.records import Group, Json
from triage.sandbox.tenant import Tenant


class Reference(Body):
    """A link to a directory object."""

    url: str = Field(alias="@odata.id")


class References(Body):
    """Links to at most 20 directory objects."""

    urls: list[str] = Field(alias="members@odata.bind", max_length=20)


def add_member(call: Call) -> Response:
    """POST /groups/{id}/members/$ref with `@odata.id`; an existing member is a 400."""
    group = _writable_group(call)
    member = _referenced(call.tenant, parsed(Reference, call.body).url)
    _check_absent(group, [member["id"]])
    _add(call, group, member)
    return no_content()


def add_members(call: Call) -> Response:
    """PATCH /groups/{id} with `members@odata.bind`, at most 20, all or none."""
    if set(call.body) - {"@odata.type"} != {"members@odata.bind"}:
        raise bad_request("Only 'members@odata.bind' can be changed here.")
    group, urls = _writable_group(call), parsed(References, call.body).urls
    members = [_referenced(call.tenant, url) for url in urls]
    _check_absent(group, [member["id"] for member in members])
    for member in members:
        _add(call, group, member)
    return no_content()


def remove_member(call: Call) -> Response:
    """DELETE /groups/{id}/members/{member}/$ref; who is no member is a 404."""
    group, member_id = _writable_group(call), call.keys["member"].lower()
    if member_id not in group.members:
        raise not_found(call.keys["member"])
    group.members.remove(member_id)
    member = _object(call.tenant, member_id) or {"id": member_id, "displayName": member_id}
    name = group.properties["displayName"]
    changed(call, "Remove member from group", member, {"group": name}, {"group": None})
    return no_content()


def _writable_group(call: Call) -> Group:
    group = group_of(call, call.tenant)
    properties = group.properties
    if properties["isAssignableToRole"] and not allows(call.roles, {"RoleManagement.ReadWrite.Directory"}):
        raise denied()
    if "DynamicMembership" in properties["groupTypes"]:
        raise bad_request("Cannot update the members of a group with dynamic membership.")
    if properties["onPremisesSyncEnabled"]:
        raise on_premises_mastered()
    if properties["mailEnabled"] and "Unified" not in properties["groupTypes"]:
        raise bad_request("Cannot Update a mail-enabled security groups and or distribution list.")
    return group


def _referenced(tenant: Tenant, url: str) -> Json:
    object_id = url.rstrip("/").rpartition("/")[2].lower()
    found = _object(tenant, object_id)
    if found is None:
        raise not_found(object_id)
    return found


def _object(tenant: Tenant, object_id: str) -> Json | None:
    group = tenant.groups.get(object_id)
    return tenant.users.get(object_id) or (group.properties if group else None)


def _check_absent(group: Group, member_ids: list[str]) -> None:
    if any(member_id in group.members for member_id in member_ids):
        raise bad_request(
            "One or more added object references already exist for the following modified properties:"
            " 'members'."
        )


def _add(call: Call, group: Group, member: Json) -> None:
    group.members.append(member["id"])
    changed(call, "Add member to group", member, {"group": None}, {"group": group.properties["displayName"]})
