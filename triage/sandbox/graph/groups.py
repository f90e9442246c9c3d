"""Groups in Graph: listed, read, with members and owners."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response

from triage.sandbox.graph.calls import Call, check_cast, entity, group_of
from triage.sandbox.graph.errors import not_found
from triage.sandbox.graph.pages import Kind, collection, projected
from triage.sandbox.graph.shapes import USER, USER_TYPE
from triage.sandbox.records import Group, Json

_NAMES = (
    *("id", "displayName", "description", "mail", "mailNickname", "mailEnabled", "securityEnabled"),
    *("groupTypes", "membershipRule", "isAssignableToRole", "onPremisesSyncEnabled", "visibility"),
    *("createdDateTime", "proxyAddresses", "onPremisesSecurityIdentifier"),
)
GROUP = Kind("groups", frozenset((*_NAMES, "assignedLicenses")), _NAMES)
GROUP_TYPE = {"@odata.type": "#microsoft.graph.group"}


def list_groups(call: Call) -> Response:
    """GET /groups with the query options of collections; a display name need not be unique."""
    return collection(call, [group_json(group) for group in call.seen.groups.values()], GROUP)


def get_group(call: Call) -> Response:
    """GET /groups/{id}."""
    return entity(call, "groups/$entity", projected(call, group_json(group_of(call, call.seen)), GROUP))


def list_members(call: Call) -> Response:
    """GET /groups/{id}/members: direct members, people and groups, each with its type."""
    return collection(call, objects(call, group_of(call, call.seen).members), USER)


def list_owners(call: Call) -> Response:
    """GET /groups/{id}/owners."""
    return collection(call, objects(call, group_of(call, call.seen).owners), USER)


def list_people_in(call: Call) -> Response:
    """GET /groups/{id}/members/microsoft.graph.user: only the people among the direct members."""
    check_cast(call)
    return collection(call, _people(call, group_of(call, call.seen).members), USER)


def list_people_owning(call: Call) -> Response:
    """GET /groups/{id}/owners/microsoft.graph.user: only the people among the owners."""
    check_cast(call)
    return collection(call, _people(call, group_of(call, call.seen).owners), USER)


def get_member(call: Call) -> Response:
    """GET /groups/{id}/members/{member}: 404 when the object is not a direct member."""
    member = call.keys["member"].lower()
    found = list(objects(call, [m for m in group_of(call, call.seen).members if m == member]))
    if not found:
        raise not_found(call.keys["member"])
    return entity(call, "directoryObjects/$entity", projected(call, found[0], USER))


def group_json(group: Group) -> Json:
    """Return the properties Graph shows of a group."""
    return dict(group.properties)


def _people(call: Call, ids: Iterable[str]) -> Iterable[Json]:
    return (dict(call.seen.users[i]) for i in ids if i in call.seen.users)


def objects(call: Call, ids: Iterable[str]) -> Iterable[Json]:
    """Yield the people and groups of these ids as a reader sees them, each with its type."""
    for object_id in ids:
        if object_id in call.seen.users:
            yield USER_TYPE | call.seen.users[object_id]
        elif object_id in call.seen.groups:
            yield GROUP_TYPE | call.seen.groups[object_id].properties
