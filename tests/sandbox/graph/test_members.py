"""Group members: added, removed, read, and every kind of group that is not Graph's to change."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from triage.sandbox.records import Group, Json

REF = "https://graph.microsoft.com/v1.0/directoryObjects/"
EVENTUAL = {"ConsistencyLevel": "eventual"}


@pytest.fixture
def outsider(person: Callable[..., Json], group: Callable[[str], Group]) -> Json:
    """A person who is in none of the groups the tests change."""
    names = ("SG-Adobe-CC", "Project Atlas", "All Finance", "SG-Tier0-Admins", "SG-FS-Finance-RO")
    taken = {member for name in names for member in group(name).members}
    return next(user for n in range(40) if (user := person(skip=n))["id"] not in taken)


@pytest.mark.parametrize("name", ["SG-Adobe-CC", "Project Atlas"])
async def test_a_member_is_added_once_and_removed_once(
    graph: httpx.AsyncClient, group: Callable[[str], Group], outsider: Json, name: str
) -> None:
    path = f"/groups/{group(name).properties['id']}/members"
    body, member = {"@odata.id": REF + outsider["id"]}, f"{path}/{outsider['id']}"
    assert (await graph.get(member)).status_code == 404
    assert (await graph.post(f"{path}/$ref", json=body)).status_code == 204
    again = await graph.post(f"{path}/$ref", json=body)
    assert again.status_code == 400
    assert "already exist" in again.json()["error"]["message"]
    assert (await graph.get(member)).json()["id"] == outsider["id"]
    assert [(await graph.delete(f"{member}/$ref")).status_code for _ in range(2)] == [204, 404]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("SG-All-Employees", 400),
        ("SG-FS-Finance-RO", 400),
        ("All Finance", 400),
        ("SG-Tier0-Admins", 403),
    ],
    ids=["dynamic", "synced", "mail-enabled", "role-assignable"],
)
async def test_a_group_mastered_elsewhere_is_refused(
    graph: httpx.AsyncClient, group: Callable[[str], Group], outsider: Json, name: str, status: int
) -> None:
    chosen = group(name)
    before = list(chosen.members)
    path = f"/groups/{chosen.properties['id']}/members"
    added = await graph.post(f"{path}/$ref", json={"@odata.id": REF + outsider["id"]})
    removed = await graph.delete(f"{path}/{before[0]}/$ref")
    assert (added.status_code, removed.status_code) == (status, status)
    assert chosen.members == before


async def test_adding_nobody_known_or_nothing_is_refused(
    graph: httpx.AsyncClient, group: Callable[[str], Group]
) -> None:
    path = f"/groups/{group('SG-Adobe-CC').properties['id']}/members/$ref"
    unknown = {"@odata.id": f"{REF}00000000-0000-0000-0000-000000000000"}
    assert (await graph.post(path, json=unknown)).status_code == 404
    assert (await graph.post(path, json={})).status_code == 400


async def test_several_are_added_all_or_none(
    graph: httpx.AsyncClient, group: Callable[[str], Group], outsider: Json
) -> None:
    chosen = group("SG-Adobe-CC")
    path, members = f"/groups/{chosen.properties['id']}", list(chosen.members)
    mixed = {"members@odata.bind": [REF + outsider["id"], REF + members[0]]}
    assert (await graph.patch(path, json=mixed)).status_code == 400
    assert chosen.members == members
    assert (await graph.patch(path, json={"members@odata.bind": [REF + outsider["id"]]})).status_code == 204
    assert chosen.members == [*members, outsider["id"]]


async def test_members_and_owners_are_typed_and_can_be_cast_to_people(
    graph: httpx.AsyncClient, group: Callable[[str], Group]
) -> None:
    outer, inner = group("SG-Adobe-CC"), group("SG-Jira-Users")
    outer.members.append(inner.properties["id"])
    path = f"/groups/{outer.properties['id']}"
    members = (await graph.get(f"{path}/members?$select=id")).json()["value"]
    people = (
        await graph.get(f"{path}/members/microsoft.graph.user?$select=id&$count=true", headers=EVENTUAL)
    ).json()
    owners = (await graph.get(f"{path}/owners?$select=id")).json()["value"]
    assert {m["@odata.type"] for m in members} == {"#microsoft.graph.user", "#microsoft.graph.group"}
    assert people["@odata.count"] == len(members) - 1
    assert [o["id"] for o in owners] == outer.owners


async def test_a_group_is_found_by_its_name(graph: httpx.AsyncClient) -> None:
    found = (await graph.get("/groups?$filter=displayName eq 'Project Atlas'")).json()["value"]
    assert [g["groupTypes"] for g in found] == [["Unified"]]
    assert found[0]["mailEnabled"] is True
    assert found[0]["securityEnabled"] is False
