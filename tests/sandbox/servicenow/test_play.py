"""Playing an export in: who asks, through which channel, as incident or as order, at which pace."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from tests.sandbox.servicenow.company import FREYA, Harborline
from triage.sandbox.servicenow.catalogue import variables_of
from triage.sandbox.servicenow.history import Author
from triage.sandbox.servicenow.instance import Row, first_where
from triage.sandbox.servicenow.play import person, play, put_in
from triage.sandbox.servicenow.writing import update

ITIL = Author("triage.integration", frozenset({"itil"}))


def played(company: Harborline, row: dict[str, object]) -> Row:
    made = put_in(company.instance, row)
    return company.instance.tables[made.table][made.sys_id]


def name_of(company: Harborline, sys_id: str) -> str:
    return company.instance.tables["sys_user"][sys_id]["name"]


@pytest.mark.parametrize("name", [FREYA, FREYA.upper(), "H10001", "Freya Ramos", " freya ramos "])
async def test_a_person_is_found_by_address_number_or_name(company: Harborline, name: str) -> None:
    assert name_of(company, person(company.instance, name)) == "Freya Ramos"


@pytest.mark.parametrize("name", ["", "Nobody", "Anna Schmidt", "breakglass01@harborline.example"])
async def test_nobody_is_found_by_no_name_or_a_shared_one(company: Harborline, name: str) -> None:
    assert person(company.instance, name) == ""


async def test_a_row_becomes_an_incident_opened_just_now(company: Harborline) -> None:
    row = {
        "number": "INC77",
        "caller_id": FREYA,
        "opened_at": "2025-01-01 00:00:00",
        "state": "7",
        "close_code": "User error",
        "short_description": " VPN ",
        "description": "a\nb",
        "category": "network",
        "assignment_group": "Network",
        "cmdb_ci": "HL-PRN-01",
        "contact_type": "chat",
        "colour": "red",
    }
    made = played(company, dict(row))
    assert (made["number"], made["state"], made["close_code"]) == ("INC0010001", "1", "")
    assert made["opened_at"] == "2026-11-24 09:00:00"
    assert (made["short_description"], made["description"], made["category"]) == ("VPN", "a\nb", "network")
    assert made["opened_by"] == made["caller_id"]
    assert made["assignment_group"] and made["cmdb_ci"]  # noqa: PT018 - both are found by name


async def test_without_a_channel_it_came_by_mail_and_the_desk_has_it(company: Harborline) -> None:
    made = played(company, {"short_description": "x", "assignment_group": "No such group"})
    assert (made["contact_type"], made["caller_id"], made["assignment_group"]) == ("email", "", "")
    assert played(company, {"short_description": "x"})["assignment_group"]


@pytest.mark.parametrize("channel", ["phone", "walk-in", "monitoring"])
async def test_a_call_is_opened_by_an_agent_not_by_the_caller(company: Harborline, channel: str) -> None:
    made = played(company, {"caller_id": FREYA, "contact_type": channel, "short_description": "x"})
    agent = company.instance.tables["sys_user"][made["opened_by"]]
    assert (agent["department"], agent["active"]) == ("IT Operations", "true")
    assert made["sys_created_by"] == agent["user_name"]


async def test_who_opened_it_is_kept_when_the_row_says(company: Harborline) -> None:
    made = played(company, {"caller_id": FREYA, "opened_by": "hiroshi.larsen@harborline.example"})
    assert name_of(company, made["opened_by"]) == "Hiroshi Larsen"


@pytest.mark.parametrize(
    "form", [{"license": "VISIO", "reason": None}, '{"license": "VISIO", "reason": null}']
)
async def test_a_row_with_a_form_becomes_an_order_with_variables(
    company: Harborline, client: httpx.AsyncClient, form: object
) -> None:
    made = played(company, {"caller_id": FREYA, "cat_item": "Software licence", "variables": form})
    assert (made["number"], made["sys_class_name"]) == ("RITM0010001", "sc_req_item")
    assert name_of(company, made["requested_for"]) == "Freya Ramos"
    assert variables_of(company.instance, made["sys_id"]) == {"License": "VISIO", "Reason": ""}
    fields = "sc_item_option.item_option_new.name,sc_item_option.value"
    params = {"sysparm_query": f"request_item={made['sys_id']}", "sysparm_fields": fields}
    answer = await client.get("/api/now/table/sc_item_option_mtom", params=params)
    assert answer.json()["result"][0] == dict(zip(fields.split(","), ("license", "VISIO"), strict=True))


@pytest.mark.parametrize("form", ["", "not json", "[1]", None, 7])
async def test_a_form_that_cannot_be_read_is_no_form(company: Harborline, form: object) -> None:
    assert played(company, {"short_description": "x", "variables": form})["sys_class_name"] == "incident"


async def test_one_item_ordered_twice_is_one_item_of_the_catalogue(company: Harborline) -> None:
    for _ in range(2):
        played(company, {"cat_item": "Notebook", "variables": {"size": "14"}})
    assert len(company.instance.tables["sc_cat_item"]) == len(company.instance.tables["item_option_new"]) == 1


@pytest.mark.parametrize(("end", "above"), [("3", "closed_complete"), ("4", "closed_incomplete")])
async def test_closing_the_last_task_closes_item_and_request(
    company: Harborline, end: str, above: str
) -> None:
    made = played(company, {"caller_id": FREYA, "cat_item": "Notebook"})
    task = first_where(company.instance, "sc_task", "request_item", made["sys_id"])
    assert task
    update(company.instance, "sc_task", task, {"state": end}, ITIL)
    request = company.instance.tables["sc_request"][made["request"]]
    assert (made["state"], made["active"], made["stage"]) == (end, "false", "completed")
    assert (request["request_state"], request["active"]) == (above, "false")


async def test_rows_are_played_at_the_pace_asked_for(company: Harborline) -> None:
    """No pause before the first or after the last: a demo of one ticket starts at once and ends at once."""
    events: list[str] = []

    async def sleep(seconds: float) -> None:
        events.append(f"slept {seconds}")

    rows = [{"number": f"row {n}", "short_description": "x"} for n in range(3)]
    tickets = play(company.instance, rows, timedelta(seconds=2), sleep)
    while (made := await anext(tickets, None)) is not None:
        events.append(made.source)
    assert events == ["row 0", "slept 2.0", "row 1", "slept 2.0", "row 2"]
