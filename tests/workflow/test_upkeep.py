"""What keeps the work going: nothing is forgotten, and what is forgotten is taken up again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from tests.lab import LICENCE, Lab
from triage.workflow.upkeep import FORGOTTEN, take_up_forgotten


async def _forget_all(lab: Lab) -> None:
    async with lab.services.engine.begin() as conn:
        await conn.execute(text("DELETE FROM procrastinate_jobs"))


async def test_steps_whose_jobs_are_gone_are_taken_up_again(lab: Lab) -> None:
    waiting = await lab.take_in(LICENCE)
    await lab.decide({**LICENCE, "description": "Please assign the licence POWER_BI_PRO to nobody."})
    running = await lab.decide(LICENCE)
    assert len(await lab.runs(running.id)) == 1
    await _forget_all(lab)

    lab.pass_time(FORGOTTEN + timedelta(seconds=1))
    await take_up_forgotten(lab.services)

    assert await lab.waiting("triage_ticket") == 1
    assert await lab.waiting("advance_run") == 1
    assert await lab.waiting("write_back") == 2
    assert waiting.state.settled is False


async def test_what_is_queued_already_is_not_doubled(lab: Lab) -> None:
    await lab.take_in(LICENCE)
    lab.pass_time(FORGOTTEN + timedelta(seconds=1))

    await take_up_forgotten(lab.services)
    await take_up_forgotten(lab.services)

    assert await lab.waiting("triage_ticket") == 1


async def test_what_moved_lately_is_left_alone(lab: Lab) -> None:
    await lab.decide(LICENCE)
    await _forget_all(lab)

    await take_up_forgotten(lab.services)

    assert await lab.waiting("advance_run") == 0
