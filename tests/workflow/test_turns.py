"""A job's turn: under its lock, tried again when it fails, left to people in the end; nothing waits in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from actions.errors import Throttled
from tests.lab import LICENCE, PASSWORD, Lab
from triage.domain.run import RunState, TicketState
from triage.errors import Overtaken
from triage.store.queue import Job, triage_job
from triage.workflow import surrender
from triage.workflow.turns import MOST_FAILURES, Turn


def _failing(error: Exception) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        raise error

    return step


async def _fine() -> None:
    return


async def _turn(lab: Lab, *, failures: int = 0, lock: str | None = "") -> Turn:
    stored = await lab.take_in(LICENCE)
    async with lab.services.engine.begin() as conn:
        await conn.execute(text("DELETE FROM procrastinate_jobs"))
    job = triage_job(stored.id, stored.ticket.caller_id)
    return Turn(lab.services, job, failures, job.lock if lock == "" else lock)


async def _queued(lab: Lab) -> list[tuple[str | None, int, bool]]:
    """Lock, failures so far and whether it has a time, of every job in the queue."""
    query = text(
        "SELECT lock, args ->> 'failures', scheduled_at IS NOT NULL FROM procrastinate_jobs ORDER BY id"
    )
    async with lab.services.engine.connect() as conn:
        return [(row[0], int(row[1]), row[2]) for row in await conn.execute(query)]


async def test_a_job_without_its_lock_queues_itself_with_it_and_does_nothing(lab: Lab) -> None:
    turn = await _turn(lab, failures=3, lock=None)

    await turn.take(_failing(AssertionError("it must not run")))

    assert await _queued(lab) == [(turn.job.lock, 3, False)]


async def test_a_step_that_worked_leaves_nothing_in_the_queue(lab: Lab) -> None:
    await (await _turn(lab)).take(_fine)

    assert await _queued(lab) == []


async def test_a_failure_is_tried_again_later_without_the_lock(lab: Lab) -> None:
    await (await _turn(lab, failures=2)).take(_failing(RuntimeError("boom")), surrender.give_up_ticket)

    assert await _queued(lab) == [(None, 3, True)]


async def test_being_asked_to_wait_is_no_failure(lab: Lab) -> None:
    asked = Throttled("wait", retry_at=lab.services.clock() + timedelta(minutes=5))

    await (await _turn(lab, failures=7)).take(_failing(asked), surrender.give_up_ticket)

    assert await _queued(lab) == [(None, 7, True)]


async def test_whoever_was_overtaken_leaves_it_to_the_other(lab: Lab) -> None:
    await (await _turn(lab)).take(_failing(Overtaken("elsewhere")), surrender.give_up_ticket)

    assert await _queued(lab) == []


async def test_in_the_end_the_ticket_is_left_to_people(lab: Lab) -> None:
    turn = await _turn(lab, failures=MOST_FAILURES - 1)

    await turn.take(_failing(RuntimeError("boom")), surrender.give_up_ticket)

    assert (await lab.ticket(turn.job.subject)).state is TicketState.HANDOVER


async def test_what_must_be_said_is_tried_for_ever(lab: Lab) -> None:
    await (await _turn(lab, failures=40)).take(_failing(RuntimeError("boom")))

    assert await _queued(lab) == [(None, 41, True)]


@pytest.mark.parametrize("row", [LICENCE, PASSWORD], ids=["licence", "password"])
async def test_a_run_that_is_given_up_before_it_began_has_failed(lab: Lab, row: dict[str, str]) -> None:
    stored = await lab.decide(row)
    (run,) = await lab.runs(stored.id)

    await surrender.give_up_run(lab.services, run.id)

    (ended,) = await lab.runs(stored.id)
    assert ended.state is RunState.FAILED
    assert (await lab.ticket(stored.id)).state is TicketState.HANDOVER


def test_jobs_carry_ids_and_nothing_else() -> None:
    assert set(Job.__dataclass_fields__) == {"task", "subject", "lock"}
