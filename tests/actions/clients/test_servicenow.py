"""ServiceNow on the make-believe instance: rows that fit, notes written once, tickets truly resolved."""

from __future__ import annotations

from typing import Any

import pytest

from actions.clients.servicenow import Condition, Journal, Query, ServiceNowClient, equal, where
from actions.clients.servicenow.query import Row
from actions.errors import NotFound, Refused, Unreachable
from tests.actions.stage import Stage
from triage.sandbox.faults import Rule, arm
from triage.sandbox.servicenow.play import Played, put_in

FREYA = "freya.ramos@harborline.example"


@pytest.fixture
def client(stage: Stage) -> ServiceNowClient:
    return stage.outside.servicenow


@pytest.fixture
def incident(stage: Stage) -> Played:
    row = {"short_description": "Please reset my password", "caller_id": FREYA}
    return put_in(stage.apps.instance, row)


@pytest.fixture
def item(stage: Stage) -> Played:
    row = {"short_description": "Visio", "caller_id": FREYA, "cat_item": "Software", "variables": {"a": "b"}}
    return put_in(stage.apps.instance, row)


def stored(stage: Stage, ticket: Played) -> Row:
    return stage.apps.instance.tables[ticket.table][ticket.sys_id]


async def test_a_record_comes_with_plain_values(client: ServiceNowClient, incident: Played) -> None:
    row = await client.record("incident", incident.sys_id, ("number", "caller_id", "caller_id.email"))
    assert (row["number"], row["caller_id.email"]) == (incident.number, FREYA)
    assert (await client.user(row["caller_id"]))["email"] == FREYA
    assert [one["sys_id"] for one in await client.users_named("email", FREYA.upper())] == [row["caller_id"]]


async def test_a_record_that_is_not_there_is_not_found(client: ServiceNowClient) -> None:
    with pytest.raises(NotFound):
        await client.record("incident", "0" * 32, ("number",))


@pytest.mark.parametrize(
    ("table", "sys_id"), [("incident/x", "0" * 32), ("incident", "../x"), ("", "0" * 32)]
)
async def test_a_path_takes_a_table_and_a_sys_id_only(
    client: ServiceNowClient, table: str, sys_id: str
) -> None:
    with pytest.raises(Refused):
        await client.record(table, sys_id, ("number",))


async def test_rows_come_in_order_and_fit_the_query(client: ServiceNowClient, stage: Stage) -> None:
    numbers = [put_in(stage.apps.instance, {"short_description": str(at)}).number for at in range(5)]
    query = where(Condition("number", ">", numbers[1]), equal("state", "1"), order=("-number", "sys_id"))
    rows = await client.tables.query("incident", query, ("number",), limit=2)
    assert [row["number"] for row in rows] == [numbers[4], numbers[3]]


async def test_alternatives_are_whole_sets_of_conditions(client: ServiceNowClient, stage: Stage) -> None:
    made = [put_in(stage.apps.instance, {"short_description": str(at)}) for at in range(3)]
    query = Query(((equal("number", made[0].number),), (equal("number", made[2].number),)), ("number",))
    rows = await client.tables.query("incident", query, ("number",))
    assert [row["number"] for row in rows] == [made[0].number, made[2].number]


async def test_a_query_the_server_dropped_is_noticed(client: ServiceNowClient, incident: Played) -> None:
    assert incident.number
    with pytest.raises(Refused, match="do not fit"):
        await client.tables.query("incident", where(equal("u_no_such_field", "x")), ("number",))


@pytest.mark.parametrize("value", ["x^ORactive=true", "javascript:gs.now()", "JavaScript:x", "a\nb", "a\x00"])
def test_a_value_that_would_change_the_query_is_refused(value: str) -> None:
    with pytest.raises(Refused):
        equal("number", value)


@pytest.mark.parametrize(("field", "operator"), [("a^b", "="), ("", "="), ("number", "RLQUERY"), ("A", "=")])
def test_fields_and_operators_are_ours_to_choose(field: str, operator: str) -> None:
    with pytest.raises(ValueError, match="no safe condition"):
        Condition(field, operator, "x")


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (equal("a", "X"), True),
        (Condition("a", "!=", "x"), False),
        (Condition("a", ">=", "x"), True),
        (Condition("a", ">", "x"), False),
        (Condition("a", "<", "y"), True),
        (Condition("a", "<=", "w"), False),
        (Condition("a", "IN", "w,x"), True),
        (Condition("a", "LIKE", "x"), True),
        (Condition("a", "STARTSWITH", "y"), False),
        (Condition("b", "ISEMPTY"), True),
        (Condition("b", "ISNOTEMPTY"), False),
    ],
)
def test_a_row_is_checked_as_the_server_would(condition: Condition, holds: bool) -> None:
    assert condition.holds({"a": "x", "b": ""}) is holds


async def entries(client: ServiceNowClient, ticket: Played) -> list[str]:
    return [one["value"] for one in await client.entries.read(ticket.sys_id, Journal.WORK_NOTES)]


async def test_a_note_is_written_once_per_operation(client: ServiceNowClient, incident: Played) -> None:
    for operation in ("op-1", "op-1", "op-2", "op-1"):
        await client.add_work_note("incident", incident.sys_id, "Looked up", operation)
    assert await entries(client, incident) == ["Looked up\n[op:op-1]", "Looked up\n[op:op-2]"]


@pytest.mark.parametrize("effect", ["drop_after", "answer_after"])
async def test_a_note_whose_answer_was_lost_is_not_written_twice(
    client: ServiceNowClient, incident: Played, stage: Stage, effect: str
) -> None:
    arm(stage.apps.faults, [Rule.model_validate({"app": "servicenow", "effect": effect, "method": "PATCH"})])
    await client.add_work_note("incident", incident.sys_id, "Looked up", "op-1")
    assert await entries(client, incident) == ["Looked up\n[op:op-1]"]


async def test_a_note_that_was_lost_before_it_was_written_can_be_added_again(
    client: ServiceNowClient, incident: Played, stage: Stage
) -> None:
    arm(stage.apps.faults, [Rule(app="servicenow", effect="drop_before", method="PATCH")])
    with pytest.raises(Unreachable):
        await client.add_work_note("incident", incident.sys_id, "Looked up", "op-1")
    await client.add_work_note("incident", incident.sys_id, "Looked up", "op-1")
    assert await entries(client, incident) == ["Looked up\n[op:op-1]"]


async def test_a_comment_is_what_the_requester_reads(client: ServiceNowClient, incident: Played) -> None:
    await client.add_comment("incident", incident.sys_id, "Which licence?", "op-1")
    comments = await client.entries.read(incident.sys_id, Journal.COMMENTS)
    assert [one["value"] for one in comments] == ["Which licence?\n[op:op-1]"]
    assert comments[0]["sys_created_by"] == "triage.integration"


@pytest.mark.parametrize("operation", ["", "a]b", "a b", "x" * 101])
async def test_an_operation_id_cannot_break_its_mark(client: ServiceNowClient, operation: str) -> None:
    with pytest.raises(ValueError, match="operation id"):
        await client.add_work_note("incident", "0" * 32, "Text", operation)


async def test_an_incident_is_resolved_with_a_code_of_the_instance(
    client: ServiceNowClient, incident: Played, stage: Stage
) -> None:
    await client.resolve("incident", incident.sys_id, "The password was reset.")
    row = stored(stage, incident)
    assert (row["state"], row["close_code"]) == ("6", "Solution provided")
    assert row["close_notes"] == "The password was reset."


async def test_resolving_twice_changes_nothing_the_second_time(
    client: ServiceNowClient, incident: Played, stage: Stage
) -> None:
    await client.resolve("incident", incident.sys_id, "Done.")
    count = stored(stage, incident)["sys_mod_count"]
    await client.resolve("incident", incident.sys_id, "Done again.")
    assert stored(stage, incident)["sys_mod_count"] == count


async def test_close_codes_are_read_once(client: ServiceNowClient, stage: Stage) -> None:
    for _ in range(2):
        made = put_in(stage.apps.instance, {"short_description": "x"})
        await client.resolve("incident", made.sys_id, "Done.")
    assert sum(one.url.path.endswith("sys_choice") for one in stage.transport.sent) == 1


async def test_without_one_of_our_close_codes_nothing_is_closed(
    client: ServiceNowClient, incident: Played, stage: Stage
) -> None:
    choices = stage.apps.instance.tables["sys_choice"]
    for row in choices.values():
        row["inactive"] = "true" if row["element"] == "close_code" else row["inactive"]
    with pytest.raises(Refused) as refused:
        await client.resolve("incident", incident.sys_id, "Done.")
    assert "close_code" in refused.value.hint
    assert stored(stage, incident)["state"] == "1"


async def test_a_cancelled_incident_is_not_resolved(
    client: ServiceNowClient, incident: Played, stage: Stage
) -> None:
    stored(stage, incident)["state"] = "8"
    with pytest.raises(Refused, match="cancelled"):
        await client.resolve("incident", incident.sys_id, "Done.")


async def test_a_write_the_instance_left_out_in_silence_is_noticed(
    client: ServiceNowClient, incident: Played, stage: Stage
) -> None:
    body = f'{{"result": {{"sys_id": "{incident.sys_id}", "state": "1"}}}}'
    path = "/api/now/table/incident"
    stage.transport.instead = {("PATCH", path): body}
    with pytest.raises(Refused, match="left incident"):
        await client.resolve("incident", incident.sys_id, "Done.")


async def test_an_item_is_completed_by_closing_its_tasks(
    client: ServiceNowClient, item: Played, stage: Stage
) -> None:
    await client.resolve("sc_req_item", item.sys_id, "The licence was assigned.")
    tasks: list[Any] = [
        row for row in stage.apps.instance.tables["sc_task"].values() if row["request_item"] == item.sys_id
    ]
    assert all(task["state"] == "3" for task in tasks)
    assert stored(stage, item)["state"] == "3"
    await client.resolve("sc_req_item", item.sys_id, "The licence was assigned.")
