"""The requester is asked one question at a time, answers in the ticket, and is not asked for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.lab import ELENA, KARIN, Lab
from triage.domain.run import TicketState
from triage.domain.ticket import Comment
from triage.store import notes
from triage.store.notes import NoteKind
from triage.store.tickets import StoredTicket
from triage.workflow.expiring import stop_waiting

VAGUE = {
    "short_description": "A licence for Karin",
    "description": f"Please give {KARIN} what she needs.",
    "caller_id": ELENA,
    "contact_type": "self-service",
}


async def asked(lab: Lab, stored: StoredTicket) -> list[str]:
    async with lab.services.engine.connect() as conn:
        said = await notes.of_ticket(conn, stored.id)
    return [note.body for note in said if note.kind is NoteKind.COMMENT]


async def answered(lab: Lab, stored: StoredTicket, text: str, *, by_caller: bool = True) -> StoredTicket:
    """Let somebody say something in a ticket, and decide on what it is now."""
    comment = Comment(text=text, at=lab.stage.time.now, by_caller=by_caller)
    said = (*stored.ticket.comments, comment)
    taken = await lab.accept(stored.ticket.model_copy(update={"comments": said}))
    await lab.decide_again(taken.id)
    return await lab.ticket(taken.id)


async def test_the_callers_answer_continues_the_ticket(lab: Lab) -> None:
    first = await lab.decide(VAGUE)
    assert len(await asked(lab, first)) == 1

    second = await answered(lab, first, "Power BI Pro, please.")

    assert second.state is TicketState.RUNNING
    assert (await lab.ticket(first.id)).state is TicketState.SUPERSEDED


async def test_what_somebody_else_says_is_no_answer(lab: Lab) -> None:
    first = await lab.decide(VAGUE)

    same = await answered(lab, first, "Power BI Pro, please.", by_caller=False)

    assert same.id == first.id
    assert same.state is TicketState.REVIEW


async def test_after_two_questions_a_person_talks_to_the_requester(lab: Lab) -> None:
    first = await lab.decide(VAGUE)
    second = await answered(lab, first, "The usual one.")
    third = await answered(lab, second, "You know which.")

    assert [len(await asked(lab, one)) for one in (first, second, third)] == [1, 1, 0]
    assert "asked twice" in (await lab.review(third.id)).reason


@pytest.mark.parametrize(("days", "state"), [(2, TicketState.REVIEW), (4, TicketState.HANDOVER)])
async def test_a_question_without_an_answer_ends_with_people(lab: Lab, days: int, state: TicketState) -> None:
    stored = await lab.decide(VAGUE)

    lab.pass_time(timedelta(days=days))
    await stop_waiting(lab.services)

    assert (await lab.ticket(stored.id)).state is state


async def test_an_answer_that_comes_late_is_still_heard(lab: Lab) -> None:
    first = await lab.decide(VAGUE)
    lab.pass_time(timedelta(days=4))
    await stop_waiting(lab.services)

    second = await answered(lab, first, "Power BI Pro, please.")

    assert second.state is TicketState.RUNNING
