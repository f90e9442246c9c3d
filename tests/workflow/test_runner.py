"""A run, step by step: nothing happens that was not decided, and nothing happens twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from actions.contract import RunContext, World
from actions.errors import Throttled
from actions.vocabulary import Params
from tests.lab import KARIN, LICENCE, PASSWORD, Lab
from triage.domain.run import Run, RunState, TicketState
from triage.errors import Overtaken
from triage.sandbox.faults import Rule, arm
from triage.sandbox.records import RoleAssignment
from triage.store import ledger, runs
from triage.store.ledger import Step
from triage.workflow import effects
from triage.workflow.runner import advance


class Killed(BaseException):
    """The process died here."""


def _rule(**fault: object) -> Rule:
    return Rule.model_validate({"app": "graph", "method": "POST", "path": "assignLicense", **fault})


async def _pending(lab: Lab, row: dict[str, str]) -> Run:
    stored = await lab.decide(row)
    (run,) = await lab.runs(stored.id)
    assert run.state is RunState.PENDING
    return run


async def test_a_run_ends_verified_and_its_effect_is_there(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)

    ended = await lab.finish(run)

    assert ended.state is RunState.VERIFIED
    assert lab.effects("licence") == 1
    assert (await lab.ticket(run.ticket_id)).state is TicketState.RUNNING  # until it is resolved there


async def test_what_changed_since_the_decision_goes_back_to_people(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)
    lab.give_licence(KARIN, "POWER_BI_PRO")

    ended = await lab.finish(run)

    assert ended.state is RunState.CANCELLED
    assert lab.effects("licence") == 0
    assert (await lab.ticket(run.ticket_id)).state is TicketState.REVIEW
    assert (await lab.review(run.ticket_id)).reason == ended.detail != ""


async def test_whoever_became_privileged_meanwhile_is_not_touched(lab: Lab) -> None:
    run = await _pending(lab, PASSWORD)
    role = RoleAssignment("r1", lab.user(KARIN)["id"], "Global Administrator", eligible=True)
    lab.stage.apps.tenant.roles.append(role)

    ended = await lab.finish(run)

    assert ended.state is RunState.CANCELLED
    assert lab.effects("password") == 0
    assert (await lab.ticket(run.ticket_id)).state in (TicketState.BLOCKED, TicketState.HANDOVER)


@pytest.mark.parametrize("row", [LICENCE, PASSWORD], ids=["licence", "password"])
@pytest.mark.parametrize("sent", [False, True], ids=["before the call", "after the call"])
async def test_a_worker_that_dies_in_the_middle_leaves_one_effect(
    lab: Lab, row: dict[str, str], *, sent: bool
) -> None:
    run = await _pending(lab, row)
    lab.sabotage(run.action, Killed, after=sent)
    with pytest.raises(Killed):
        await lab.finish(run)
    lab.mend()

    ended = await lab.finish(run)

    assert ended.state is RunState.VERIFIED
    assert lab.effects("licence") + lab.effects("password") == 1


async def test_the_ledger_knows_of_the_effect_before_it_happens(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)
    lab.sabotage(run.action, Killed, after=False)
    with pytest.raises(Killed):
        await lab.finish(run)

    async with lab.services.engine.connect() as conn:
        assert await ledger.steps(conn, run.id) == {Step.EXECUTE: False}


async def test_a_service_that_asks_to_wait_is_left_alone_until_then(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)
    arm(
        lab.stage.apps.faults,
        [_rule(effect="answer", status=429, headers={"Retry-After": "40"})],
    )

    with pytest.raises(Throttled) as asked:
        await advance(lab.services, run.id)
    lab.stage.time.now = asked.value.retry_at

    assert (await lab.finish(run)).state is RunState.VERIFIED
    assert lab.effects("licence") == 1


async def test_a_lost_answer_is_settled_by_reading_back(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)
    arm(lab.stage.apps.faults, [_rule(effect="drop_after")])

    assert (await lab.finish(run)).state is RunState.VERIFIED
    assert lab.licences(KARIN).count("POWER_BI_PRO") == 1  # the client may have sent it again


async def test_an_effect_that_shows_late_is_waited_for(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)
    arm(lab.stage.apps.faults, [_rule(effect="hide", seconds=9)])

    ended = await lab.finish(run)

    assert ended.state is RunState.VERIFIED
    assert lab.stage.time.now - (ended.started_at or lab.stage.time.now) >= timedelta(seconds=9)


async def test_a_refusal_hands_the_ticket_to_people_with_the_reason(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)
    arm(
        lab.stage.apps.faults,
        [_rule(effect="answer", status=400, times=None, body="{}")],
    )

    ended = await lab.finish(run)

    assert ended.state is RunState.FAILED
    assert ended.detail != ""
    assert (await lab.ticket(run.ticket_id)).state is TicketState.HANDOVER


async def test_an_outside_that_stays_silent_is_not_asked_for_ever(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)
    lab.silence("assignLicense")

    assert (await lab.finish(run)).state is RunState.FAILED


async def test_an_event_nobody_can_see_is_left_to_people_as_unknown(lab: Lab) -> None:
    run = await _pending(lab, PASSWORD)
    lab.pretend(run.action)

    ended = await lab.finish(run)

    assert ended.state is RunState.OUTCOME_UNKNOWN
    assert (await lab.ticket(run.ticket_id)).state is TicketState.HANDOVER


async def test_a_worker_that_wakes_up_after_it_was_overtaken_stops(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)

    async def overtaken(_world: World, _params: Params, _context: RunContext) -> None:
        async with lab.services.engine.begin() as conn:
            await runs.save(conn, await runs.get(conn, run.id))

    lab.replace(run.action, overtaken)
    with pytest.raises(Overtaken):
        await advance(lab.services, run.id)


async def test_a_worker_that_slept_before_the_call_does_not_call_any_more(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)
    lab.sabotage(run.action, Killed, after=False)
    with pytest.raises(Killed):
        await lab.finish(run)
    lab.mend()
    (stale,) = await lab.runs(run.ticket_id)
    await lab.finish(run)

    with pytest.raises(Overtaken):
        await effects.execute(lab.services, stale, first=True)

    assert lab.effects("licence") == 1


async def test_a_decision_is_carried_out_once(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)

    async with lab.services.engine.connect() as conn:
        again = run.model_copy(update={"id": lab.services.new_id()})
        with pytest.raises(Exception, match="uq_runs_decision_id"):
            await runs.add(conn, again)


async def test_a_finished_run_takes_no_further_step(lab: Lab) -> None:
    ended = await lab.finish(await _pending(lab, LICENCE))

    assert await advance(lab.services, ended.id) is None
    assert lab.effects("licence") == 1


async def test_every_wait_is_a_row_and_no_connection_stays_open(lab: Lab) -> None:
    run = await _pending(lab, LICENCE)
    await lab.finish(run)

    query = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE state LIKE 'idle in transaction%' AND datname = current_database()"
    )
    async with lab.services.engine.connect() as conn:
        assert (await conn.execute(text(query))).scalar_one() == 0
