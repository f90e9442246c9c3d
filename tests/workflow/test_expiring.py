"""A review that nobody answers waits not for ever: the desk is reminded, then people take the ticket."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.lab import ELENA, OWN_LICENCE, PASSWORD, Lab
from triage.domain.run import TicketState
from triage.errors import AlreadyDecided
from triage.store import notes
from triage.store.notes import NoteKind
from triage.store.reviews import Review, ReviewState
from triage.workflow.answering import Approver, Shown
from triage.workflow.approvals import approve
from triage.workflow.expiring import expire_reviews

MAILED_PASSWORD = {**PASSWORD, "contact_type": "email"}


async def _said(lab: Lab, review: Review, kind: NoteKind) -> str:
    async with lab.services.engine.connect() as conn:
        return "\n".join(n.body for n in await notes.of_ticket(conn, review.ticket_id) if n.kind is kind)


async def _after(lab: Lab, row: dict[str, str], span: timedelta) -> Review:
    stored = await lab.decide(row)
    lab.pass_time(span)
    await expire_reviews(lab.services)
    return await lab.review(stored.id)


async def test_a_review_nobody_answers_ends_with_people_and_the_requester_is_told(lab: Lab) -> None:
    review = await _after(lab, OWN_LICENCE, timedelta(days=7))

    assert review.state is ReviewState.EXPIRED
    assert (await lab.ticket(review.ticket_id)).state is TicketState.HANDOVER
    assert "people take over" in await _said(lab, review, NoteKind.WORK_NOTE)
    assert "takes it over" in await _said(lab, review, NoteKind.COMMENT)


async def test_after_half_the_time_the_desk_is_reminded_once_and_the_review_waits_on(lab: Lab) -> None:
    review = await _after(lab, OWN_LICENCE, timedelta(days=4))
    await expire_reviews(lab.services)

    assert review.state is ReviewState.OPEN
    assert (await _said(lab, review, NoteKind.WORK_NOTE)).count("still waits for an answer") == 1
    assert await _said(lab, review, NoteKind.COMMENT) == ""


async def test_a_review_of_a_credential_ends_after_a_day(lab: Lab) -> None:
    review = await _after(lab, MAILED_PASSWORD, timedelta(days=1))

    assert (int(review.tier), review.state) == (3, ReviewState.EXPIRED)


async def test_what_has_expired_cannot_be_approved(lab: Lab) -> None:
    review = await _after(lab, OWN_LICENCE, timedelta(days=8))
    elena = Approver(lab.user(ELENA)["id"], ELENA, frozenset(), fresh_sign_in=True)

    with pytest.raises(AlreadyDecided):
        await approve(lab.services, Shown(review.id, review.fingerprint), elena)
    assert await lab.runs(review.ticket_id) == ()
