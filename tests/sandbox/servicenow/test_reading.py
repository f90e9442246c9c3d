"""Reading through the Table API: pages, fields, display values, links, and how it says no."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.sandbox.servicenow.company import FREYA, Harborline

TABLE = "/api/now/table"


async def rows(client: httpx.AsyncClient, table: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.get(f"{TABLE}/{table}", params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["result"]
    return found


async def test_every_value_is_a_string_and_times_are_utc(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    company.incident()
    [found] = await rows(client, "incident", {"sysparm_exclude_reference_link": "true"})
    assert {type(value) for value in found.values()} == {str}
    assert found["opened_at"] == found["sys_updated_on"] == "2026-11-24 09:00:00"
    assert re.fullmatch("[0-9a-f]{32}", found["sys_id"])


async def test_a_filled_reference_is_a_link_and_an_empty_one_a_string(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    caller = company.incident()["caller_id"]
    [found] = await rows(client, "incident", {"sysparm_fields": "caller_id,assigned_to"})
    link = f"https://servicenow.test/api/now/table/sys_user/{caller}"
    assert found == {"caller_id": {"link": link, "value": caller}, "assigned_to": ""}
    assert (await client.get(link)).json()["result"]["email"] == FREYA


async def test_display_values_are_labels_names_and_local_times(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    caller = company.incident()["caller_id"]
    params = {"sysparm_fields": "state,opened_at,caller_id", "sysparm_display_value": "true"}
    [shown] = await rows(client, "incident", params | {"sysparm_exclude_reference_link": "true"})
    assert shown == {"state": "New", "opened_at": "2026-11-24 10:00:00", "caller_id": "Freya Ramos"}
    [both] = await rows(client, "incident", params | {"sysparm_display_value": "all"})
    assert both["state"] == {"display_value": "New", "value": "1"}
    assert both["caller_id"]["display_value"] == "Freya Ramos"
    assert both["caller_id"]["value"] == caller
    assert both["caller_id"]["link"].endswith(caller)


async def test_fields_walk_along_references_and_unknown_ones_are_left_out(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    company.incident()
    fields = (
        "number,caller_id.email,caller_id.manager.name,assigned_to.name,colour,number.email,caller_id.colour"
    )
    [found] = await rows(client, "incident", {"sysparm_fields": fields})
    assert found == {
        "number": "INC0010001",
        "caller_id.email": FREYA,
        "caller_id.manager.name": found["caller_id.manager.name"],
        "assigned_to.name": "",
    }
    assert found["caller_id.manager.name"]


async def test_a_query_may_walk_along_references(company: Harborline, client: httpx.AsyncClient) -> None:
    company.incident()
    company.incident(caller="hiroshi.larsen@harborline.example")
    found = await rows(client, "incident", {"sysparm_query": f"caller_id.email={FREYA}"})
    assert [row["number"] for row in found] == ["INC0010001"]


async def test_the_plain_form_of_a_query_works_too(company: Harborline, client: httpx.AsyncClient) -> None:
    company.incident()
    company.incident()
    found = await rows(client, "incident", {"number": "INC0010002", "sysparm_limit": "1000"})
    assert [row["number"] for row in found] == ["INC0010002"]


async def test_an_invalid_query_returns_everything_unless_a_property_says_otherwise(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    company.incident()
    assert len(await rows(client, "incident", {"sysparm_query": "numbr=INC0010001x"})) == 1
    company.instance.properties["glide.invalid_query.returns_no_rows"] = "true"
    assert await rows(client, "incident", {"sysparm_query": "numbr=INC0010001x"}) == []


async def test_pages_tell_the_count_and_where_to_go_on(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    for _ in range(5):
        company.incident()
    seen, address, total = [], f"{TABLE}/incident?sysparm_query=ORDERBYnumber&sysparm_limit=2", set()
    while address:
        answer = await client.get(address)
        seen += [row["number"] for row in answer.json()["result"]]
        total.add(answer.headers["X-Total-Count"])
        address = answer.links.get("next", {}).get("url", "")
    assert seen == [f"INC001000{n}" for n in range(1, 6)]
    assert total == {"5"}
    assert set(answer.links) == {"first", "prev", "last"}
    assert answer.links["last"]["url"] == str(answer.url)


async def test_count_and_links_can_be_left_out(company: Harborline, client: httpx.AsyncClient) -> None:
    company.incident()
    quiet = {"sysparm_no_count": "true", "sysparm_suppress_pagination_header": "true"}
    answer = await client.get(f"{TABLE}/incident", params=quiet)
    assert not {"x-total-count", "link"} & set(answer.headers)


@pytest.mark.parametrize("limit", ["0", "-1", "x", "99999999999999"])
async def test_any_limit_is_answered(company: Harborline, client: httpx.AsyncClient, limit: str) -> None:
    company.incident()
    answer = await client.get(f"{TABLE}/incident", params={"sysparm_limit": limit})
    assert len(answer.json()["result"]) == (0 if limit == "0" else 1)


async def test_only_the_first_version_answers_an_empty_list_with_404(client: httpx.AsyncClient) -> None:
    answers = {v: await client.get(f"/api/now/{v}table/incident") for v in ("", "v1/", "v2/")}
    assert {v: answer.status_code for v, answer in answers.items()} == {"": 200, "v1/": 404, "v2/": 200}
    assert answers["v1/"].json() == {
        "error": {"message": "No Record found", "detail": "Records matching query not found"},
        "status": "failure",
    }


async def test_a_record_that_is_not_there_looks_like_a_hidden_one(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{TABLE}/incident/{'0' * 32}")
    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "message": "No Record found",
        "detail": "Record doesn't exist or ACL restricts the record retrieval",
    }


async def test_an_unknown_table_is_a_bad_request(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{TABLE}/incidnet")
    assert answer.status_code == 400
    assert answer.json() == {
        "error": {"message": "Invalid table incidnet", "detail": None},
        "status": "failure",
    }


async def test_an_answer_is_json_or_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{TABLE}/incident", headers={"Accept": "text/html"})).status_code == 406


async def test_choices_are_told_as_the_instance_has_them(client: httpx.AsyncClient) -> None:
    query = "name=incident^element=close_code^inactive=false^language=en^ORDERBYsequence"
    found = await rows(client, "sys_choice", {"sysparm_query": query, "sysparm_fields": "value,label"})
    assert {"value": "Solution provided", "label": "Solution provided"} in found
    assert len(found) == 10


async def test_whoever_asks_may_ask_who_it_is(client: httpx.AsyncClient) -> None:
    query = {"sysparm_query": "user_name=javascript:gs.getUserName()", "sysparm_fields": "user_name"}
    assert await rows(client, "sys_user", query) == [{"user_name": "triage.integration"}]


async def test_people_and_groups_of_the_company_are_there(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    people = await rows(client, "sys_user", {"sysparm_query": "department=Finance^active=true"})
    assert {person["email"].partition("@")[2] for person in people} == {company.tenant.domain}
    assert any(person["manager"] for person in people)
    machines = await rows(client, "sys_user", {"sysparm_query": "user_nameSTARTSWITHbreakglass"})
    assert machines == []
    assert await rows(client, "sys_user_group", {"name": "Service Desk"})
    assert await rows(client, "cmdb_ci", {"name": "HL-PRN-01"})


async def test_there_is_a_list_of_attachments_and_it_is_empty(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/now/attachment", params={"table_name": "incident"})
    assert (answer.json(), answer.headers["X-Total-Count"]) == ({"result": []}, "0")


async def test_two_companies_give_the_same_ids(company: Harborline) -> None:
    assert company.incident()["sys_id"] == Harborline().incident()["sys_id"]


async def test_a_hidden_record_counts_and_is_not_shown(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    hidden, shown = company.incident()["sys_id"], company.incident()["sys_id"]
    company.instance.hidden.add(hidden)
    params = {"sysparm_limit": "1", "sysparm_query": "ORDERBYnumber"}
    first = await client.get(f"{TABLE}/incident", params=params)
    second = await rows(client, "incident", params | {"sysparm_offset": "1"})
    assert (first.json()["result"], first.headers["X-Total-Count"]) == ([], "2")
    assert [row["sys_id"] for row in second] == [shown]
    assert (await client.get(f"{TABLE}/incident/{hidden}")).status_code == 404
