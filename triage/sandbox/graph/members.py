"""Changes who is in a group, with every refusal Graph documents for groups that are not its own to change."""

from __future__ import annotations

from starlette.responses import Response

from triage.sandbox.graph.calls import Call, allows, changed, group_of, no_content, text_list
from triage.sandbox.graph.errors import bad_request, denied, not_found, on_premises_mastered
from triage.sandbox.records import Group, Json
from triage.sandbox.tenant import Tenant


def add_member(call: Call) -> Response:
    """POST /groups/{id}/members/$ref with `@odata.id`; an existing member is a 400."""
    group = _writable_group(call)
    member = _referenced(call.tenant, call.body.get("@odata.id"))
    _check_absent(group, [member["id"]])
    _add(call, group, member)
    return no_content()


def add_members(call: Call) -> Response:
    """PATCH /groups/{id} with `members@odata.bind`, at most 20, all or none."""
    if set(call.body) - {"@odata.type"} != {"members@odata.bind"}:
        raise bad_request("Only 'members@odata.bind' can be changed here.")
    group = _writable_group(call)
    members = [_referenced(call.tenant, url) for url in text_list(call, "members@odata.bind", 20)]
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


def _referenced(tenant: Tenant, url: object) -> Json:
    if not isinstance(url, str) or "/" not in url:
        raise bad_request("A property '@odata.id' with the URL of a directory object is required.")
    found = _object(tenant, url.rstrip("/").rsplit("/", 1)[1].lower())
    if found is None:
        raise not_found(url.rsplit("/", 1)[1])
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
