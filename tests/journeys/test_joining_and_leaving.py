"""Somebody joins and somebody leaves: every step of the shipped playbooks, on premises and in the cloud."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from pydantic import SecretStr

from models.model import Model
from tests.house import LABELS, ObedientModel
from tests.lab import ELENA, KARIN, Lab
from tests.workflow.leaver import agreed, through
from triage.domain.run import RunState, TicketState
from triage.store import decisions
from triage.web.opening import helped, open_secret
from triage.workflow.first_day import call, tell_called
from triage.workflow.sequence import start_due
from triage.workflow.unwinding import request_unwind

SYNCED = "dora.garcia@harborline.example"


@pytest.fixture
def people(lab: Lab) -> Lab:
    """The lab with a model that knows who joins and who leaves."""
    told = {"joins": "user_onboarding", "leaves": "user_offboarding", "replies": "automatic_replies"}
    model = cast("Model", ObedientModel({**told, **LABELS}))
    site = lab.services.tools.site.model_copy(
        update={"newcomer_groups": {"*": ("Data Platform",), "Sales": ("Project Atlas", "SG-Tier0-Admins")}}
    )
    tools = replace(lab.services.tools, model=lambda: model, site=site)
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


async def joined(people: Lab) -> uuid.UUID:
    """Let HR ask for an account and agree to it, and take every step but that of the first day."""
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
    return ticket_id


async def test_a_newcomer_gets_an_account_a_licence_and_groups_and_nobody_a_password(people: Lab) -> None:
    ticket_id = await joined(people)
    assert [(run.action, run.state) for run in await people.runs(ticket_id)] == [
        ("create_user", RunState.VERIFIED),
        ("assign_license", RunState.VERIFIED),
        ("join_groups", RunState.VERIFIED),
        ("issue_temporary_access_pass", RunState.WAITING),
    ]
    made = people.user("joana.quintela@harborline.example")["id"]
    groups = [one for one in people.stage.apps.tenant.groups.values() if made in one.members]
    assert {one.properties["displayName"] for one in groups} == {"Data Platform", "Project Atlas"}
    assert people.licences("joana.quintela@harborline.example") == ["POWER_BI_PRO"]
    assert people.stage.apps.tenant.outbox == []
    assert (await people.ticket(ticket_id)).state is TicketState.SCHEDULED


async def test_a_newcomer_s_manager_asks_for_the_way_in_on_the_first_day(people: Lab) -> None:
    ticket_id = await joined(people)
    elena, outbox = people.user(ELENA)["id"], people.stage.apps.tenant.outbox
    *_, day = await people.runs(ticket_id)
    assert day.not_before is not None
    await tell_called(people.services)
    assert outbox == []
    people.pass_time(day.not_before - people.stage.time.now + timedelta(hours=9))
    for _ in range(2):
        await start_due(people.services)
        await tell_called(people.services)
    (told,) = outbox
    assert (told.to, "#" in told.body) == ((ELENA,), False)

    assert not await call(people.services, day.id, of_hr(people)["id"])
    assert await call(people.services, day.id, elena)
    assert not await call(people.services, day.id, elena)
    await through(people, ticket_id)

    *_, day = await people.runs(ticket_id)
    assert day.state is RunState.VERIFIED, day.detail
    assert outbox[-1].to == (ELENA,)
    helping = await helped(people.services, day.id, elena)
    assert helping is not None
    assert (helping.upn, helping.secret) == ("joana.quintela@harborline.example", "access pass")
    token = SecretStr(outbox[-1].body.partition("#")[2].split()[0])
    assert await open_secret(people.services, day.id, token, elena) is not None


async def test_a_leaver_s_mail_is_answered_and_goes_to_the_delegate(people: Lab) -> None:
    asked = leaving(people, KARIN)
    asked["description"] += f" Mail delegate: {ELENA}."
    ticket_id = await agreed(people, asked, skip=of_hr(people)["id"])
    planned = [run.action for run in await people.runs(ticket_id)]
    assert planned.index("set_automatic_replies") < planned.index("remove_all_licenses")
    assert "grant_mailbox_permission" in planned


async def test_a_misused_account_is_shut_its_password_worthless_and_its_traces_shown(people: Lab) -> None:
    stored = await people.decide(
        {
            "short_description": "My account is misused",
            "description": "Somebody sends mails in my name.",
            "caller_id": KARIN,
            "contact_type": "self-service",
        }
    )
    async with people.services.engine.connect() as conn:
        decision = (await decisions.of_ticket(conn, stored.id))[0].decision
    assert [step.action for step in decision.steps] == ["contain_account", "scramble_password"]
    assert decision.approvals.count == 1
    assert decision.facts is not None
    assert any("Inbox rule" in line for line in decision.facts.traces)
    assert any("Sign-in methods" in line for line in decision.facts.traces)


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
