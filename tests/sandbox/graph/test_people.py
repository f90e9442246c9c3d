"""Reading people: default properties, selection, search, paging, and the rules of the advanced index."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from triage.sandbox.apps import Apps
from triage.sandbox.records import AppRegistration, Group, Json
from triage.sandbox.registrations import GRAPH

EVENTUAL = {"ConsistencyLevel": "eventual"}
DEFAULT = {
    *(
        "id",
        "businessPhones",
        "displayName",
        "givenName",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
    ),
    *("preferredLanguage", "surname", "userPrincipalName"),
}


async def test_without_select_only_the_default_properties_come(
    graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    body = (await graph.get(f"/users/{person()['id']}")).json()
    assert body.keys() - {"@odata.context"} == DEFAULT


async def test_a_selected_property_comes_even_when_it_is_null(
    graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user = person()
    path = f"/users/{user['userPrincipalName']}?$select=id,onPremisesSyncEnabled"
    body = (await graph.get(path)).json()
    assert {k: v for k, v in body.items() if k[0] != "@"} == {"id": user["id"], "onPremisesSyncEnabled": None}


async def test_a_user_is_found_by_key_in_parentheses_and_by_an_encoded_guest_name(
    company: Apps, graph: httpx.AsyncClient
) -> None:
    guest = next(u for u in company.tenant.users.values() if u["userType"] == "Guest")
    encoded = guest["userPrincipalName"].replace("#", "%23")
    assert (await graph.get(f"/users/{encoded}")).json()["id"] == guest["id"]
    assert (await graph.get(f"/users('{guest['id']}')")).json()["id"] == guest["id"]


async def test_an_unknown_property_is_a_bad_request(
    graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    answer = await graph.get(f"/users/{person()['id']}?$select=shoeSize")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "Request_BadRequest")


async def test_an_error_carries_the_ids_of_the_request(graph: httpx.AsyncClient) -> None:
    headers = {"client-request-id": "my-run", "return-client-request-id": "true"}
    answer = await graph.get("/users/nobody@harborline.example", headers=headers)
    inner = answer.json()["error"]["innerError"]
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "Request_ResourceNotFound"
    assert inner["client-request-id"] == answer.headers["client-request-id"] == "my-run"
    assert inner["request-id"] == answer.headers["request-id"]


async def test_sign_in_activity_needs_the_object_id(
    graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user = person()
    by_name = await graph.get(f"/users/{user['userPrincipalName']}?$select=id,signInActivity")
    by_id = await graph.get(f"/users/{user['id']}?$select=id,signInActivity")
    assert by_name.status_code == 400
    assert by_id.json()["signInActivity"]["lastSuccessfulSignInDateTime"]


async def test_who_never_signed_in_has_no_sign_in_activity(company: Apps, graph: httpx.AsyncClient) -> None:
    never = next(u for u in company.tenant.users.values() if u["signInActivity"] is None)
    assert "signInActivity" not in (await graph.get(f"/users/{never['id']}?$select=id,signInActivity")).json()


async def test_pages_follow_their_links_to_everybody_once(company: Apps, graph: httpx.AsyncClient) -> None:
    seen: list[str] = []
    url: str | None = "/users?$select=id&$top=50"
    while url:
        body = (await graph.get(url)).json()
        seen += [user["id"] for user in body["value"]]
        url = body.get("@odata.nextLink")
    assert seen == list(company.tenant.users)


async def test_search_reads_words_and_needs_the_header(graph: httpx.AsyncClient) -> None:
    query = '/users?$search="displayName:anna schm"&$select=displayName'
    refused = await graph.get(query)
    found = await graph.get(query, headers=EVENTUAL)
    assert refused.json()["error"]["code"] == "Request_UnsupportedQuery"
    assert [user["displayName"] for user in found.json()["value"]] == ["Anna Schmidt"] * 2


async def test_the_advanced_index_needs_header_and_count(graph: httpx.AsyncClient) -> None:
    query = "/users?$filter=endsWith(mail,'harborline.example')&$top=1"
    assert (await graph.get(query)).status_code == 400
    assert (await graph.get(query, headers=EVENTUAL)).status_code == 400
    counted = await graph.get(f"{query}&$count=true", headers=EVENTUAL)
    assert counted.json()["@odata.count"] > 100


async def test_the_manager_is_another_person_and_nobody_is_a_404(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user = person()
    boss = next(u for u in company.tenant.users.values() if u["jobTitle"] == "Chief Executive Officer")
    shown = (await graph.get(f"/users/{user['id']}/manager?$select=id")).json()
    assert shown["id"] == company.tenant.managers[user["id"]]
    assert shown["@odata.type"] == "#microsoft.graph.user"
    assert (await graph.get(f"/users/{boss['id']}/manager")).status_code == 404


async def test_expanding_the_manager_shows_only_what_is_selected(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user = person()
    body = (await graph.get(f"/users/{user['id']}?$select=id&$expand=manager($select=id)")).json()
    assert body["manager"] == {
        "@odata.type": "#microsoft.graph.user",
        "id": company.tenant.managers[user["id"]],
    }


async def test_nested_groups_count_as_memberships(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json], group: Callable[[str], Group]
) -> None:
    inner, outer, user = group("SG-Jira-Users"), group("SG-Adobe-CC"), person()
    inner.members.append(user["id"])
    outer.members.append(inner.properties["id"])
    ids = [outer.properties["id"], "00000000-0000-0000-0000-000000000000"]
    path = f"/users/{user['id']}/checkMemberGroups"
    assert (await graph.post(path, json={"groupIds": ids})).json()["value"] == ids[:1]
    assert (await graph.post(path, json={"groupIds": ids * 11})).status_code == 400


async def test_a_cast_needs_header_and_count(graph: httpx.AsyncClient, person: Callable[..., Json]) -> None:
    path = f"/users/{person()['id']}/transitiveMemberOf/microsoft.graph.group?$select=id,displayName"
    assert (await graph.get(path)).status_code == 400
    assert (await graph.get(f"{path}&$count=true", headers=EVENTUAL)).json()["value"]


async def test_without_the_right_to_groups_only_their_ids_come(
    graph: httpx.AsyncClient, person: Callable[..., Json], service: AppRegistration
) -> None:
    service.granted[GRAPH] = {"User.Read.All"}
    path = (
        f"/users/{person()['id']}/transitiveMemberOf/microsoft.graph.group?$select=id,displayName&$count=true"
    )
    shown = (await graph.get(path, headers=EVENTUAL)).json()["value"]
    assert all(g["id"] and g.get("displayName") is None for g in shown)


@pytest.mark.parametrize("top", ["0", "1000", "many"])
async def test_a_page_size_out_of_range_is_refused(graph: httpx.AsyncClient, top: str) -> None:
    assert (await graph.get(f"/users?$top={top}")).status_code == 400
