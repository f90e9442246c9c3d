"""The one way in: fifty deliveries are one ticket, and news takes the place of what still waits."""

from __future__ import annotations

import asyncio

from tests.lab import LICENCE, OWN_LICENCE, Lab
from triage.domain.run import RunState, TicketState
from triage.workflow.deciding import triage_ticket


async def test_fifty_deliveries_at_once_are_one_ticket_one_job_and_one_effect(lab: Lab) -> None:
    first = await lab.take_in(LICENCE)

    taken = await asyncio.gather(*(lab.accept(first.ticket) for _ in range(50)))

    assert {one.id for one in taken} == {first.id}
    assert await lab.waiting("triage_ticket") == 1
    await asyncio.gather(*(triage_ticket(lab.services, first.id) for _ in range(5)))
    (run,) = await lab.runs(first.id)
    await asyncio.gather(lab.finish(run))
    assert lab.effects("licence") == 1


async def test_news_from_the_requester_withdraw_a_run_that_has_not_begun(lab: Lab) -> None:
    first = await lab.decide(LICENCE)

    second = await lab.accept(first.ticket.model_copy(update={"description": "Never mind."}))

    assert (await lab.ticket(first.id)).state is TicketState.SUPERSEDED
    (run,) = await lab.runs(first.id)
    assert run.state is RunState.CANCELLED
    assert second.state is TicketState.RECEIVED


async def test_an_effect_that_happened_is_not_repeated_for_a_new_revision(lab: Lab) -> None:
    first = await lab.decide(LICENCE)
    (run,) = await lab.runs(first.id)
    await lab.finish(run)

    second = await lab.accept(
        first.ticket.model_copy(update={"description": LICENCE["description"] + " Soon!"})
    )
    await triage_ticket(lab.services, second.id)

    assert await lab.runs(second.id) == ()
    assert (await lab.ticket(first.id)).state is TicketState.RUNNING


async def test_the_same_words_in_another_ticket_are_another_ticket(lab: Lab) -> None:
    first, second = await lab.take_in(OWN_LICENCE), await lab.take_in(OWN_LICENCE)

    assert first.id != second.id
