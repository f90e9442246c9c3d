"""Writing through the Table API: journals, stamps, the state model, and what is passed over."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.servicenow.company import Harborline
from triage.sandbox.servicenow.history import Author
from triage.sandbox.servicenow.instance import Row
from triage.sandbox.servicenow.writing import update

TABLE = "/api/now/table"
SOLVED = {"state": "6", "close_code": "Solution provided", "close_notes": "Password was reset."}


async def patched(client: httpx.AsyncClient, row: Row, body: dict[str, Any]) -> httpx.Response:
    return await client.patch(f"{TABLE}/{row['sys_class_name']}/{row['sys_id']}", json=body)


async def journal(client: httpx.AsyncClient, row: Row) -> list[dict[str, str]]:
    query = f"element_id={row['sys_id']}^ORDERBYsys_created_on"
    fields = "element,value,sys_created_by,sys_created_on"
    params = {"sysparm_query": query, "sysparm_fields": fields}
    found: list[dict[str, str]] = (await client.get(f"{TABLE}/sys_journal_field", params=params)).json()[
        "result"
    ]
    return found


# Journals and stamps


async def test_a_work_note_is_an_entry_of_its_own_and_the_record_shows_nothing(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    row = company.incident()
    company.clock.forward(61.7)
    answer = (await patched(client, row, {"work_notes": "Seen."})).json()["result"]
    assert (answer["work_notes"], answer["comments"]) == ("", "")
    assert (answer["sys_mod_count"], answer["sys_updated_on"]) == ("1", "2026-11-24 09:01:01")
    assert answer["sys_updated_by"] == "triage.integration"
    entry = {"element": "work_notes", "value": "Seen.", "sys_created_by": "triage.integration"}
    assert await journal(client, row) == [entry | {"sys_created_on": "2026-11-24 09:01:01"}]


async def test_the_same_note_twice_is_there_twice(company: Harborline, client: httpx.AsyncClient) -> None:
    row = company.incident()
    for _ in range(2):
        await patched(client, row, {"comments": "Hello"})
    assert [entry["value"] for entry in await journal(client, row)] == ["Hello", "Hello"]


async def test_the_display_value_of_a_journal_is_its_history_newest_first(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    row = company.incident()
    await patched(client, row, {"work_notes": "one"})
    company.clock.forward(60)
    await patched(client, row, {"work_notes": "two", "comments": "for the caller"})
    answer = await client.get(f"{TABLE}/incident/{row['sys_id']}", params={"sysparm_display_value": "true"})
    assert answer.json()["result"]["work_notes"] == (
        "2026-11-24 10:01:00 - Ticket Triage (Work notes)\ntwo\n\n"
        "2026-11-24 10:00:00 - Ticket Triage (Work notes)\none\n\n"
    )


async def test_a_change_of_nothing_leaves_the_record_untouched(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    row = company.incident()
    company.clock.forward(5)
    answer = await patched(client, row, {"short_description": row["short_description"], "work_notes": ""})
    assert answer.json()["result"]["sys_mod_count"] == "0"
    assert answer.json()["result"]["sys_updated_on"] == row["opened_at"]


async def test_unknown_and_read_only_columns_are_passed_over(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    row = company.incident()
    body = {
        "colour": "red",
        "number": "INC1",
        "priority": "1",
        "sys_created_by": "me",
        "caller_id": {"value": "x"},
    }
    before = dict(row)
    assert (await patched(client, row, body)).status_code == 200
    assert row == before


async def test_json_values_become_database_strings(company: Harborline, client: httpx.AsyncClient) -> None:
    row = company.incident()
    answer = await patched(
        client, row, {"urgency": 1, "impact": 2, "correlation_id": None, "assigned_to": "Freya Ramos"}
    )
    found = answer.json()["result"]
    assert (found["urgency"], found["priority"], found["correlation_id"]) == ("1", "2", "")
    assert found["assigned_to"]["value"] == row["caller_id"]


async def test_labels_and_local_times_are_taken_only_on_request(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    row = company.incident()
    body = {"state": "In Progress", "opened_at": "2026-11-24 12:00:00"}
    assert (await patched(client, row, body)).status_code == 403
    address = f"{TABLE}/incident/{row['sys_id']}?sysparm_input_display_value=true"
    found = (await client.patch(address, json=body)).json()["result"]
    assert (found["state"], found["opened_at"]) == ("2", "2026-11-24 11:00:00")


# The state model


async def test_resolving_needs_code_and_notes(company: Harborline, client: httpx.AsyncClient) -> None:
    row = company.incident()
    answer = await patched(
        client, row, {"state": "6", "close_code": "Solution provided", "work_notes": "lost"}
    )
    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == "Operation Failed"
    assert "Resolution notes" in answer.json()["error"]["detail"]
    assert (row["state"], row["sys_mod_count"], await journal(client, row)) == ("1", "0", [])


async def test_resolving_stamps_who_and_when_and_leaves_it_active(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    row = company.incident()
    found = (await patched(client, row, SOLVED)).json()["result"]
    assert (found["state"], found["incident_state"], found["active"]) == ("6", "6", "true")
    assert found["resolved_at"] == "2026-11-24 09:00:00"
    assert company.instance.tables["sys_user"][row["resolved_by"]]["user_name"] == "triage.integration"


async def test_the_older_state_column_moves_both(company: Harborline, client: httpx.AsyncClient) -> None:
    row = company.incident()
    found = (await patched(client, row, {"incident_state": "2"})).json()["result"]
    assert (found["state"], found["incident_state"]) == ("2", "2")


async def test_waiting_needs_a_reason_and_waiting_for_the_caller_a_comment(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    row = company.incident()
    assert (await patched(client, row, {"state": "3"})).status_code == 403
    assert (await patched(client, row, {"state": "3", "hold_reason": "1"})).status_code == 403
    asked = {"state": "3", "hold_reason": "1", "comments": "Which printer?"}
    assert (await patched(client, row, asked)).status_code == 200
    assert (await patched(client, row, {"state": "2"})).json()["result"]["hold_reason"] == ""


async def test_a_resolved_incident_can_be_reopened(company: Harborline, client: httpx.AsyncClient) -> None:
    row = company.incident()
    await patched(client, row, SOLVED)
    reopened = {"state": "2", "close_code": "", "close_notes": ""}
    found = (await patched(client, row, reopened)).json()["result"]
    assert (found["state"], found["resolved_at"], found["reopen_count"], found["close_code"]) == (
        "2",
        "",
        "1",
        "",
    )


async def test_only_an_administrator_closes_and_then_it_is_final(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    row = company.incident()
    await patched(client, row, SOLVED)
    assert (await patched(client, row, {"state": "7"})).status_code == 403
    update(company.instance, "incident", row, {"state": "7"}, Author("admin", frozenset({"admin"})))
    assert row["active"] == "false"
    for body in ({"state": "2"}, {"short_description": "Something else", "work_notes": "lost"}):
        assert (await patched(client, row, body)).status_code == 403
    assert (await patched(client, row, {"work_notes": "Still can be said."})).status_code == 200
    assert [entry["value"] for entry in await journal(client, row)] == ["Still can be said."]


@pytest.mark.parametrize("state", ["0", "4", "9", "", "New"])
async def test_a_state_the_model_does_not_know_is_refused(
    company: Harborline, client: httpx.AsyncClient, state: str
) -> None:
    assert (await patched(client, company.incident(), {"state": state})).status_code == 403


# Opening and deleting


async def test_opening_answers_where_the_record_is(company: Harborline, client: httpx.AsyncClient) -> None:
    body = {
        "short_description": "Printer",
        "caller_id": "Freya Ramos",
        "impact": "1",
        "urgency": "1",
        "colour": "red",
    }
    answer = await client.post(f"{TABLE}/incident", json=body)
    assert answer.status_code == 201
    found = (await client.get(answer.headers["Location"])).json()["result"]
    assert (found["number"], found["state"], found["priority"], found["active"]) == (
        "INC0010001",
        "1",
        "1",
        "true",
    )
    assert found["caller_id"]["value"] == company.incident()["caller_id"]
    assert company.instance.tables["sys_user"][found["opened_by"]["value"]]["name"] == "Ticket Triage"


async def test_a_body_may_be_left_out_of_the_answer(company: Harborline, client: httpx.AsyncClient) -> None:
    address, quiet = f"{TABLE}/incident/{company.incident()['sys_id']}", {"X-no-response-body": "true"}
    answer = await client.patch(address, json={"work_notes": "x"}, headers=quiet)
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [(b"{", "application/json", 400), (b"[]", "application/json", 400), (b"a=1", "text/plain", 415)],
)
async def test_a_body_that_is_no_json_object_is_refused(
    company: Harborline, client: httpx.AsyncClient, content: bytes, kind: str, status: int
) -> None:
    address = f"{TABLE}/incident/{company.incident()['sys_id']}"
    answer = await client.patch(address, content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["status"]) == (status, "failure")


async def test_the_integration_user_deletes_nothing(company: Harborline, client: httpx.AsyncClient) -> None:
    row = company.incident()
    answer = await client.delete(f"{TABLE}/incident/{row['sys_id']}")
    assert answer.json()["error"]["detail"] == "ACL Exception Delete Failed due to security constraints"
    assert row["sys_id"] in company.instance.tables["incident"]


async def test_people_are_not_written_through_the_integration_user(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    caller = company.incident()["caller_id"]
    answer = await client.patch(f"{TABLE}/sys_user/{caller}", json={"active": "false"})
    assert (answer.status_code, company.instance.tables["sys_user"][caller]["active"]) == (403, "true")


# The change log


async def test_the_log_says_what_happened_in_words_a_person_reads(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    row = company.incident()
    await patched(client, row, {"work_notes": "Seen."})
    await patched(client, row, SOLVED | {"comments": "Done."})
    log = company.tenant.changes
    assert [change.what for change in log] == ["Incident opened", "Work note added", "Incident resolved"]
    assert {change.target_name for change in log} == {row["number"]}
    assert (log[-1].before["state"], log[-1].after["state"]) == ("New", "Resolved")
    assert log[0].after["caller_id"] == "Freya Ramos"


async def test_a_refused_write_leaves_no_trace_in_the_log(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    row = company.incident()
    before = len(company.tenant.changes)
    await patched(client, row, {"state": "6"})
    assert len(company.tenant.changes) == before
