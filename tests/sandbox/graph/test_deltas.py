"""Delta queries tell what came, changed and went since the last look; old tokens are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from triage.sandbox.apps import Apps
from triage.sandbox.records import Json


async def read(graph: httpx.AsyncClient, address: str) -> tuple[list[Json], str]:
    """Return all objects of a delta and the link for the next."""
    found: list[Json] = []
    while True:
        page = (await graph.get(address)).json()
        found += page["value"]
        if "@odata.deltaLink" in page:
            return found, page["@odata.deltaLink"]
        address = page["@odata.nextLink"]


async def test_everybody_comes_first_and_then_only_who_changed(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user, gone = person(), person(skip=1)
    everybody, link = await read(graph, "/users/delta?$select=id,department")
    assert {one["id"] for one in everybody} == set(company.tenant.users)
    assert (await read(graph, link))[0] == []
    await graph.patch(f"/users/{user['id']}", json={"department": "Stores"})
    await graph.patch(f"/users/{user['id']}", json={"jobTitle": "not asked for"})
    del company.tenant.users[gone["id"]]
    changes, link = await read(graph, link)
    assert changes == [
        {"id": user["id"], "department": "Stores"},
        {"id": gone["id"], "@removed": {"reason": "deleted"}},
    ]
    assert (await read(graph, link))[0] == []


async def test_members_are_told_where_they_were_asked_for(graph: httpx.AsyncClient, company: Apps) -> None:
    team = next(
        g
        for g in company.tenant.groups.values()
        if g.kind == "microsoft365" and not g.properties["onPremisesSyncEnabled"]
    )
    _, link = await read(graph, "/groups/delta?$select=displayName,members")
    member = next(i for i in company.tenant.users if i not in team.members)
    team.members.append(member)
    [changed], _ = await read(graph, link)
    assert changed["displayName"] == team.properties["displayName"]
    assert {"id": member} in changed["members@delta"]


async def test_an_old_token_means_reading_everything_again(graph: httpx.AsyncClient, clock: Any) -> None:
    _, link = await read(graph, "/users/delta")
    clock.forward(8 * 86_400)
    answer = await graph.get(link)
    assert answer.status_code == 410
    assert answer.headers["location"].endswith("/v1.0/users/delta?$deltatoken=")
    assert (await graph.get("/users/delta?$deltatoken=made-up")).status_code == 410


async def test_sign_ins_have_no_delta(graph: httpx.AsyncClient) -> None:
    assert (await graph.get("/users/delta?$select=signInActivity")).status_code == 400


async def test_a_count_is_a_bare_number_and_needs_consistency(
    company: Apps, graph: httpx.AsyncClient
) -> None:
    eventual = {"ConsistencyLevel": "eventual"}
    people = await graph.get("/users/$count", headers=eventual)
    disabled = await graph.get("/users/$count?$filter=accountEnabled eq false", headers=eventual)
    groups = await graph.get("/groups/$count", headers=eventual)
    team = next(iter(company.tenant.groups.values()))
    members = await graph.get(f"/groups/{team.properties['id']}/members/$count", headers=eventual)
    assert (await graph.get("/users/$count")).status_code == 400
    assert people.headers["content-type"].startswith("text/plain")
    assert int(people.text) == len(company.tenant.users)
    assert 0 < int(disabled.text) < int(people.text)
    assert (int(groups.text), int(members.text)) == (len(company.tenant.groups), len(team.members))
