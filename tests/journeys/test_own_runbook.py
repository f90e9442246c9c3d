"""A label of the site's own goes from an ordered item to a runbook that ran, with YAML alone."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from tests.lab import ELENA, KARIN, Lab
from tests.workflow.leaver import agreed, through
from triage.domain.decision import Decision
from triage.domain.run import RunState, TicketState
from triage.playbooks.load import load_playbooks
from triage.playbooks.rules import rules_of
from triage.policy.decide import Policy
from triage.sandbox.own import FOLDER
from triage.store import decisions

ORDER = {
    "short_description": "The printer is stuck",
    "description": "Nothing comes out any more.",
    "caller_id": KARIN,
    "contact_type": "self-service",
    "cat_item": "Clear a print queue",
    "variables": '{"print_server": "HL-PRN-01", "printer": "PRN-HAM-02"}',
}


@pytest.fixture
def own(lab: Lab) -> Lab:
    """The lab with the company's own label."""
    playbooks = load_playbooks(FOLDER)
    policy = Policy.load(labels=rules_of(playbooks))
    return replace(
        lab,
        services=replace(lab.services, tools=replace(lab.services.tools, playbooks=playbooks, policy=policy)),
    )


async def decision_on(lab: Lab, ticket_id: uuid.UUID) -> Decision:
    async with lab.services.engine.connect() as conn:
        return (await decisions.of_ticket(conn, ticket_id))[0].decision


async def test_an_ordered_item_is_agreed_to_run_and_read_back(own: Lab) -> None:
    queues = own.stage.apps.tenant.servers["hl-prn-01"].queues
    assert queues["PRN-HAM-02"] > 0
    ticket_id = await agreed(own, ORDER)
    decision = await decision_on(own, ticket_id)
    await through(own, ticket_id)

    (run,) = await own.runs(ticket_id)
    assert decision.label == "clear_print_queue"
    assert {change.field: change.after for change in decision.changes} == {
        "start": "once",
        "ServerName": "HL-PRN-01",
        "PrinterName": "PRN-HAM-02",
    }
    assert run.state is RunState.VERIFIED, run.detail
    assert queues["PRN-HAM-02"] == 0


async def test_words_in_the_text_are_enough_where_the_form_is_empty(own: Lab) -> None:
    told = {**ORDER, "variables": "{}", "description": "It is PRN-HAM-01 on HL-PRN-01, please."}
    stored = await own.decide(told)
    decision = await decision_on(own, stored.id)
    assert decision.missing == ()
    assert decision.parameters["printer"].value == "PRN-HAM-01"


async def test_what_is_missing_is_asked_for(own: Lab) -> None:
    stored = await own.decide({**ORDER, "variables": '{"print_server": "HL-PRN-01"}'})
    decision = await decision_on(own, stored.id)
    assert decision.missing == ("printer",)
    assert decision.fingerprint == ""


async def test_a_tier_0_server_is_never_offered(own: Lab) -> None:
    variables = '{"print_server": "HL-DC-01", "printer": "PRN-HAM-02"}'
    stored = await own.decide({**ORDER, "caller_id": ELENA, "variables": variables})
    assert stored.state is TicketState.BLOCKED
