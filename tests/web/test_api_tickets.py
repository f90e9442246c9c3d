"""Tickets brought by scripts: taken in once, trusted no further than ServiceNow vouches for them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.lab import ELENA, KARIN, LICENCE
from tests.web.conftest import NOBODY, Desk, same_problem
from triage.intake.servicenow import SOURCE
from triage.sandbox.servicenow.play import put_in
from triage.web.callers import Role
from triage.workflow.deciding import triage_ticket

BROUGHT: dict[str, Any] = {
    "source": "portal",
    "sys_id": "42",
    "number": "P42",
    "caller_id": ELENA,
    "contact_type": "self-service",
    "short_description": LICENCE["short_description"],
    "description": LICENCE["description"],
}


async def test_rows_are_classified_in_order_and_nothing_is_kept(desk: Desk) -> None:
    client = await desk.token(Role.VIEWER)
    rows = [{"number": "1", "short_description": "a licence"}, {"number": "2", "description": "coffee"}]
    for body in (rows, {"rows": rows}):
        answer = await client.post("/api/v1/classify", json=body)
        found = answer.json()["predictions"]
        assert [(one["number"], one["label"]) for one in found] == [("1", "license_assign"), ("2", "other")]
        assert {"confidence", "accepted", "novelty", "alternatives", "words", "model"} <= set(found[0])
    assert (await (await desk.client()).get("/metrics")).text.count(
        'triage_tickets{state="received"} 0.0'
    ) == 1


@pytest.mark.parametrize("rows", [[], [{}] * 1001], ids=["none", "too many"])
async def test_one_to_a_thousand_rows_are_classified(desk: Desk, rows: list[dict[str, str]]) -> None:
    client = await desk.token(Role.INTAKE)
    same_problem(await client.post("/api/v1/classify", json={"rows": rows}), 422)


async def test_a_ticket_that_comes_again_is_the_same_ticket(desk: Desk) -> None:
    client = await desk.token(Role.INTAKE)
    first = await client.post("/api/v1/tickets", json=BROUGHT)
    again = await client.post("/api/v1/tickets", json=BROUGHT)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.headers["location"] == again.headers["location"] == f"/api/v1/tickets/{first.json()['id']}"
    assert (first.json()["new"], again.json()["new"]) == (True, False)


async def test_new_words_are_a_new_revision(desk: Desk) -> None:
    client = await desk.token(Role.INTAKE)
    first = await client.post("/api/v1/tickets", json=BROUGHT)
    second = await client.post("/api/v1/tickets", json={**BROUGHT, "description": "no, Visio please"})
    assert first.json()["id"] != second.json()["id"]
    reader = await desk.token(Role.VIEWER)
    assert (await reader.get(first.headers["location"])).json()["state"] == "superseded"


async def test_nobody_vouches_for_what_a_script_says(desk: Desk) -> None:
    client, reader = await desk.token(Role.INTAKE), await desk.token(Role.VIEWER)
    taken = await client.post("/api/v1/tickets", json={**BROUGHT, "caller_vouched": True})
    ticket = (await reader.get(taken.headers["location"])).json()["ticket"]
    assert (ticket["caller_vouched"], ticket["contact_type"]) == (False, "email")


async def test_a_ticket_of_servicenow_is_read_there_whatever_its_bringer_says(desk: Desk) -> None:
    played = put_in(desk.lab.stage.apps.instance, {**LICENCE, "contact_type": "phone"})
    told = {**BROUGHT, "source": SOURCE, "sys_id": played.sys_id, "caller_id": KARIN, "number": "INC666"}
    client, reader = await desk.token(Role.INTAKE), await desk.token(Role.VIEWER)
    taken = await client.post("/api/v1/tickets", json=told)
    ticket = (await reader.get(taken.headers["location"])).json()["ticket"]
    assert (ticket["number"], ticket["caller_id"]) == (played.number, ELENA)
    assert (ticket["contact_type"], ticket["caller_vouched"]) == ("phone", True)


async def test_a_ticket_that_servicenow_does_not_know_is_vouched_for_by_nobody(desk: Desk) -> None:
    client, reader = await desk.token(Role.INTAKE), await desk.token(Role.VIEWER)
    taken = await client.post("/api/v1/tickets", json={**BROUGHT, "source": SOURCE, "sys_id": "0" * 32})
    ticket = (await reader.get(taken.headers["location"])).json()["ticket"]
    assert (ticket["caller_vouched"], ticket["contact_type"]) == (False, "email")


async def test_whoever_waits_gets_the_decision(desk: Desk) -> None:
    client = await desk.token(Role.INTAKE)

    async def decide() -> None:
        taken = await client.post("/api/v1/tickets", json=BROUGHT)
        await triage_ticket(desk.lab.services, taken.json()["id"])

    waited, _ = await asyncio.gather(client.post("/api/v1/tickets?wait=30", json=BROUGHT), decide())
    assert waited.status_code == 200
    decision = waited.json()["decision"]
    assert decision["label"] == "license_assign"
    assert decision["verdict"] != "auto"
    assert "facts" not in decision


async def test_whoever_does_not_wait_long_enough_is_told_where_to_look(desk: Desk) -> None:
    client = await desk.token(Role.INTAKE)
    answer = await client.post("/api/v1/tickets?wait=0.01", json=BROUGHT)
    assert (answer.status_code, answer.json()["decision"]) == (202, None)
    assert answer.headers["location"]


async def test_a_dry_run_decides_and_keeps_nothing(desk: Desk) -> None:
    client = await desk.token(Role.INTAKE)
    answer = await client.post("/api/v1/tickets?dry_run=true", json=BROUGHT)
    assert answer.status_code == 200
    assert answer.json()["id"] is None
    assert answer.json()["decision"]["label"] == "license_assign"
    assert "location" not in answer.headers
    auditor = await desk.token(Role.AUDITOR)
    assert (await auditor.get("/api/v1/audit")).json() == {"items": [], "next": None}


async def test_a_ticket_tells_its_decision_reviews_and_runs(desk: Desk) -> None:
    review = await desk.waiting()
    reader = await desk.token(Role.VIEWER)
    told = (await reader.get(f"/api/v1/tickets/{review.ticket_id}")).json()
    assert told["state"] == "review"
    assert told["decision"]["verdict"] == "review"
    assert told["decision"]["changes"]
    assert [one["id"] for one in told["reviews"]] == [str(review.id)]
    same_problem(await reader.get(f"/api/v1/tickets/{NOBODY}"), 404)


async def test_the_record_is_read_page_by_page_in_words(desk: Desk) -> None:
    review = await desk.waiting()
    client = await desk.token(Role.AUDITOR)
    first = (await client.get("/api/v1/audit?limit=1")).json()
    assert (len(first["items"]), first["next"]) == (1, 1)
    assert "was taken in" in first["items"][0]["sentence"]
    rest = (await client.get("/api/v1/audit", params={"after": 1})).json()
    assert [one["record"]["seq"] for one in rest["items"]] == list(range(2, 2 + len(rest["items"])))
    assert rest["next"] is None
    own = (await client.get("/api/v1/audit", params={"subject": f"ticket {review.ticket_id}"})).json()
    assert {one["record"]["subject"] for one in own["items"]} == {f"ticket {review.ticket_id}"}
