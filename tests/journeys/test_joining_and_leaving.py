"""Somebody joins and somebody leaves: every step of the shipped playbooks, on premises and in the cloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from models.model import Model
from tests.house import LABELS, ObedientModel
from tests.lab import ELENA, KARIN, Lab
from tests.workflow.leaver import agreed, through
from triage.domain.run import RunState, TicketState
from triage.sandbox.tenant import user_by_key
from triage.workflow.sequence import start_due
from triage.workflow.unwinding import request_unwind

SYNCED = "dora.garcia@harborline.example"


@pytest.fixture
def people(lab: Lab) -> Lab:
    """The lab with a model that knows who joins and who leaves."""
    told = {"joins": "user_onboarding", "leaves": "user_offboarding", "replies": "automatic_replies"}
    model = cast("Model", ObedientModel({**told, **LABELS}))
    tools = replace(lab.services.tools, model=lambda: model)
    return replace(lab, services=replace(lab.services, tools=tools))


def of_hr(lab: Lab) -> dict[str, str]:
    """Return who asks in these tickets."""
    return next(
        user
        for user in lab.stage.apps.tenant.users.values()
        if user["department"] == "Human Resources" and user["accountEnabled"]
    )


def leaving(lab: Lab, upn: str) -> dict[str, str]:
    return {
        "short_description": "Somebody leaves",
        "description": f"Please close the account of {upn}; the last day is 27 November 2026.",
        "caller_id": of_hr(lab)["userPrincipalName"],
        "contact_type": "self-service",
    }


@pytest.mark.parametrize(
    ("upn", "block"), [(KARIN, "disable_user"), (SYNCED, "disable_ad_user")], ids=["cloud", "on premises"]
)
async def test_a_leaver_is_shut_out_after_the_last_day_and_let_in_again_by_an_undo(
    people: Lab, upn: str, block: str
) -> None:
    ticket_id = await agreed(people, leaving(people, upn), skip=of_hr(people)["id"])
    assert (await people.ticket(ticket_id)).state is TicketState.SCHEDULED
    first, *_ = await people.runs(ticket_id)
    assert first.action == block
    assert first.not_before is not None

    people.pass_time(first.not_before - people.stage.time.now + timedelta(minutes=5))
    await start_due(people.services)
    await through(people, ticket_id)

    done = await people.runs(ticket_id)
    assert {run.action: run.state for run in done} == dict.fromkeys(
        [run.action for run in done], RunState.VERIFIED
    )
    assert people.licences(upn) == []

    found = await request_unwind(people.services, ticket_id, "somebody")
    await through(people, ticket_id)

    assert set(found.impossible) == {"revoke_sessions"}
    ended = {run.action: run.state for run in await people.runs(ticket_id)}
    assert {action for action, state in ended.items() if state is RunState.VERIFIED} == {"revoke_sessions"}
    assert people.licences(upn) != []


async def test_a_newcomer_gets_an_account_a_manager_and_a_licence(people: Lab) -> None:
    hr = of_hr(people)
    ticket_id = await agreed(
        people,
        {
            "short_description": "Somebody joins",
            "description": "New colleague: Joana Quintela, Sales Manager in Sales, starts on "
            f"1 December 2026. Manager: {ELENA}. Licence: Power BI Pro.",
            "caller_id": hr["userPrincipalName"],
            "contact_type": "self-service",
        },
        skip=hr["id"],
    )
    await through(people, ticket_id)

    assert [(run.action, run.state) for run in await people.runs(ticket_id)] == [
        ("create_user", RunState.VERIFIED),
        ("assign_license", RunState.VERIFIED),
    ]
    made = user_by_key(people.stage.apps.tenant, "joana.quintela@harborline.example")
    assert made is not None
    assert people.licences(made["userPrincipalName"]) == ["POWER_BI_PRO"]
    (mail,) = people.stage.apps.tenant.outbox
    assert mail.to == (ELENA,)


async def test_replies_from_a_day_on_wait_for_it(people: Lab) -> None:
    stored = await people.decide(
        {
            "short_description": "My replies",
            "description": "Please switch on my automatic replies from 30 November 2026.",
            "caller_id": KARIN,
            "contact_type": "self-service",
        }
    )

    (run,) = await people.runs(stored.id)
    assert stored.state is TicketState.SCHEDULED
    assert run.not_before is not None
    assert run.not_before.date().isoformat() == "2026-11-30"
