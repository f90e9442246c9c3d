"""A plan of several steps: one agreement for the whole, one step after the other, each once, each its day."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from tests.lab import KARIN, Lab
from tests.workflow.leaver import LEAVER, Killed, agreed, leavers, through
from triage.domain.run import RunState, TicketState
from triage.errors import NotAllowed
from triage.sandbox.faults import Rule, arm
from triage.sandbox.records import RoleAssignment
from triage.store import notes
from triage.workflow.deciding import triage_ticket
from triage.workflow.sequence import start_due
from triage.workflow.steering import call_off, carry_on

STEPS = ["disable_user", "revoke_sessions", "set_automatic_replies"]


async def states(lab: Lab, ticket_id: uuid.UUID) -> list[RunState]:
    return [run.state for run in await lab.runs(ticket_id)]


async def said(lab: Lab, ticket_id: uuid.UUID) -> str:
    async with lab.services.engine.connect() as conn:
        return "\n".join(note.body for note in await notes.of_ticket(conn, ticket_id))


async def test_all_steps_are_agreed_to_at_once_and_done_in_order(lab: Lab) -> None:
    lab = leavers(lab)
    ticket_id = await agreed(lab, LEAVER)

    assert await states(lab, ticket_id) == [RunState.PENDING, RunState.WAITING, RunState.WAITING]
    await through(lab, ticket_id)

    done = await lab.runs(ticket_id)
    assert [run.action for run in done] == STEPS
    assert {run.state for run in done} == {RunState.VERIFIED}
    assert len({run.fingerprint for run in done}) == 1
    started = [run.started_at for run in done if run.started_at]
    assert started == sorted(started)


async def test_the_ticket_is_resolved_only_after_the_last_step(lab: Lab) -> None:
    lab = leavers(lab)
    ticket_id = await agreed(lab, LEAVER)
    first, *_ = await lab.runs(ticket_id)

    await lab.finish(first)
    async with lab.services.engine.connect() as conn:
        early = {note.kind.value for note in await notes.of_ticket(conn, ticket_id)}
    await through(lab, ticket_id)
    async with lab.services.engine.connect() as conn:
        late = [note.kind.value for note in await notes.of_ticket(conn, ticket_id)]

    assert "resolve" not in early
    assert late.count("resolve") == late.count("comment") == 1


@pytest.mark.parametrize(("step", "sent"), [(0, True), (1, False), (2, True)])
async def test_a_worker_that_dies_in_any_step_leaves_each_effect_once(
    lab: Lab, step: int, *, sent: bool
) -> None:
    lab = leavers(lab)
    ticket_id = await agreed(lab, LEAVER)
    lab.sabotage(STEPS[step], Killed, after=sent)
    with pytest.raises(Killed):
        await through(lab, ticket_id)
    lab.mend()

    await through(lab, ticket_id)

    assert set(await states(lab, ticket_id)) == {RunState.VERIFIED}
    mine = [change.what for change in lab.stage.apps.tenant.changes if change.target == lab.user(KARIN)["id"]]
    assert len(mine) == len(set(mine))


async def test_a_step_that_fails_stops_the_rest_and_says_what_was_not_begun(lab: Lab) -> None:
    lab = leavers(lab)
    ticket_id = await agreed(lab, LEAVER)
    refuse_sessions(lab)

    await through(lab, ticket_id)

    assert await states(lab, ticket_id) == [RunState.VERIFIED, RunState.FAILED, RunState.CANCELLED]
    assert (await lab.ticket(ticket_id)).state is TicketState.HANDOVER
    assert "Not begun: Set automatic replies." in await said(lab, ticket_id)


async def test_people_carry_on_with_what_is_left_and_nothing_is_done_twice(lab: Lab) -> None:
    lab = leavers(lab)
    ticket_id = await agreed(lab, LEAVER)
    refuse_sessions(lab)
    await through(lab, ticket_id)
    lab.stage.apps.faults.armed.clear()
    lab.pass_time(timedelta(minutes=1))

    await carry_on(lab.services, ticket_id, "somebody")
    await triage_ticket(lab.services, ticket_id)
    review = await lab.review(ticket_id)
    await agreed(lab, ticket_id)
    await through(lab, ticket_id)

    assert "1 steps are done already" in review.reason
    ended = [(run.action, run.state) for run in await lab.runs(ticket_id)]
    assert [one for one, state in ended if state is RunState.VERIFIED] == STEPS


async def test_what_works_is_not_carried_on(lab: Lab) -> None:
    lab = leavers(lab)
    ticket_id = await agreed(lab, LEAVER)

    with pytest.raises(NotAllowed):
        await carry_on(lab.services, ticket_id, "somebody")


async def test_an_agreement_is_to_the_whole_plan_as_it_was_shown(lab: Lab) -> None:
    lab = leavers(lab)
    ticket_id = await agreed(lab, LEAVER)
    lab.user(KARIN)["mailboxSettings"]["automaticRepliesSetting"]["status"] = "alwaysEnabled"

    await through(lab, ticket_id)

    assert set(await states(lab, ticket_id)) == {RunState.CANCELLED}
    assert lab.user(KARIN)["accountEnabled"] is True
    assert (await lab.ticket(ticket_id)).state is TicketState.REVIEW


async def test_a_later_step_that_would_do_something_else_by_now_goes_back_to_people(lab: Lab) -> None:
    lab = leavers(lab)
    ticket_id = await agreed(lab, LEAVER)
    first, second, _ = await lab.runs(ticket_id)
    await lab.finish(first)
    await lab.finish(second)
    lab.user(KARIN)["mailboxSettings"]["automaticRepliesSetting"]["status"] = "alwaysEnabled"

    await through(lab, ticket_id)

    assert await states(lab, ticket_id) == [RunState.VERIFIED, RunState.VERIFIED, RunState.CANCELLED]
    assert (await lab.ticket(ticket_id)).state is TicketState.REVIEW


def refuse_sessions(lab: Lab) -> None:
    """Let the second step be refused for good."""
    rule = {"app": "graph", "method": "POST", "path": "revokeSignInSessions", "effect": "answer"}
    arm(lab.stage.apps.faults, [Rule.model_validate({**rule, "status": 400, "times": None, "body": "{}"})])


async def day_comes(lab: Lab, ticket_id: uuid.UUID, late: timedelta = timedelta(minutes=1)) -> None:
    """Let the day come that a plan waits for, and go on from there."""
    first, *_ = await lab.runs(ticket_id)
    assert first.not_before is not None
    lab.pass_time(first.not_before - lab.stage.time.now + late)
    await start_due(lab.services)
    await through(lab, ticket_id)


async def test_a_leaver_keeps_the_account_until_the_last_day_is_over(lab: Lab) -> None:
    lab = leavers(lab, wait="last_day.end")
    ticket_id = await agreed(lab, LEAVER)
    await through(lab, ticket_id)

    assert (await lab.ticket(ticket_id)).state is TicketState.SCHEDULED
    assert set(await states(lab, ticket_id)) == {RunState.WAITING}
    assert await lab.waiting("advance_run") == 0  # the wait is a row, not a job
    await day_comes(lab, ticket_id)

    assert set(await states(lab, ticket_id)) == {RunState.VERIFIED}
    assert lab.user(KARIN)["accountEnabled"] is False


async def test_nothing_begins_a_minute_early(lab: Lab) -> None:
    lab = leavers(lab, wait="last_day.end")
    ticket_id = await agreed(lab, LEAVER)
    first, *_ = await lab.runs(ticket_id)
    assert first.not_before is not None

    lab.pass_time(first.not_before - lab.stage.time.now - timedelta(minutes=1))
    await start_due(lab.services)

    assert set(await states(lab, ticket_id)) == {RunState.WAITING}


async def test_what_waited_is_decided_anew_on_its_day(lab: Lab) -> None:
    lab = leavers(lab, wait="last_day.end")
    ticket_id = await agreed(lab, LEAVER)
    role = RoleAssignment("r1", lab.user(KARIN)["id"], "Global Administrator", eligible=True)
    lab.stage.apps.tenant.roles.append(role)

    await day_comes(lab, ticket_id)

    assert set(await states(lab, ticket_id)) == {RunState.CANCELLED}
    assert lab.user(KARIN)["accountEnabled"] is True


async def test_a_day_long_past_needs_a_fresh_agreement(lab: Lab) -> None:
    lab = leavers(lab, wait="last_day.end")
    ticket_id = await agreed(lab, LEAVER)

    await day_comes(lab, ticket_id, late=timedelta(hours=5))

    assert set(await states(lab, ticket_id)) == {RunState.CANCELLED}
    assert "approvals are still valid" in (await lab.review(ticket_id)).reason


async def test_what_waits_is_called_off_by_people_and_never_begins(lab: Lab) -> None:
    lab = leavers(lab, wait="last_day.end")
    ticket_id = await agreed(lab, LEAVER)
    first, *_ = await lab.runs(ticket_id)

    await call_off(lab.services, first.id, "somebody")
    await day_comes(lab, ticket_id)

    assert set(await states(lab, ticket_id)) == {RunState.CANCELLED}
    assert (await lab.ticket(ticket_id)).state is TicketState.HANDOVER
    with pytest.raises(NotAllowed, match="nothing of it waits"):
        await call_off(lab.services, first.id, "somebody")


async def test_what_the_requester_takes_back_is_not_done_on_the_day(lab: Lab) -> None:
    lab = leavers(lab, wait="last_day.end")
    ticket_id = await agreed(lab, LEAVER)
    stored = await lab.ticket(ticket_id)

    await lab.accept(stored.ticket.model_copy(update={"description": "She stays, please forget it."}))

    assert (await lab.ticket(ticket_id)).state is TicketState.SUPERSEDED
    assert set(await states(lab, ticket_id)) == {RunState.CANCELLED}
