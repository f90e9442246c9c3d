"""The frame of every answer to a review: one question per key, still open, exactly what was shown."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.errors import AlreadyDecided, BadInput, NotAllowed, PlanChanged
from triage.store import answers, reviews, tickets
from triage.store.answers import StoredAnswer
from triage.store.reviews import Review, ReviewState
from triage.workflow.services import Services

_ANSWERING = frozenset({"approver", "admin"})


@dataclass(frozen=True)
class Approver:
    """Who answers: object id, UPN, app roles, and whether they signed in within the last 15 minutes."""

    id: str
    upn: str
    roles: frozenset[str]
    fresh_sign_in: bool = False


@dataclass(frozen=True)
class Shown:
    """The review that is answered, as it was shown; `key` is the client's idempotency key, empty for none."""

    review_id: uuid.UUID
    fingerprint: str
    key: str = ""


class Answer(Frozen):
    """What became of the review: how many of the needed approvals are given, and the run that begins."""

    review_id: uuid.UUID
    state: ReviewState
    given: int = 0
    needed: int = 0
    run_id: uuid.UUID | None = None


Act = Callable[[AsyncConnection, Review], Awaitable[Answer]]
"""Carries the answer out, in the transaction that holds ticket and review."""


async def answer(services: Services, shown: Shown, person: Approver, question: str, act: Act) -> Answer:
    """Give the answer `question` to a review once: in one transaction, so that nothing is half answered.

    A client that asks again with the same key gets the first answer again.

    Raises:
        Unknown: there is no such review.
        NotAllowed: `act` does not let this person.
        BadInput: the key was used for another question.
        AlreadyDecided: the review was answered before.
        PlanChanged: something else waits there now.
    """
    async with services.engine.begin() as conn:
        review = await reviews.get(conn, shown.review_id)
        await tickets.get(conn, review.ticket_id, lock=True)  # first the ticket, as everybody does
        review = await reviews.get(conn, shown.review_id, lock=True)
        asked = hashlib.sha256(f"{shown.review_id} {shown.fingerprint} {question}".encode()).hexdigest()
        key = f"{person.id} {shown.key}"
        known = await answers.get(conn, key) if shown.key else None
        if known is not None:
            return _again(known, asked)
        _refuse_stale(review, shown)
        given = await act(conn, review)
        if shown.key:
            reply = given.model_dump(mode="json")
            kept = StoredAnswer(key=key, review_id=review.id, request=asked, reply=reply)
            await answers.put(conn, kept, services.clock())
        return given


def answers_by_role(person: Approver) -> bool:
    """Whether the person has an app role that answers reviews, whoever they are to the people in them."""
    return bool(person.roles & _ANSWERING)


def refuse_without_role(person: Approver) -> None:
    """Let only approvers and administrators by.

    Raises:
        NotAllowed: the person has neither app role.
    """
    if not answers_by_role(person):
        raise NotAllowed(
            "this answer to a review needs the app role approver or admin",
            hint="An administrator grants it in Entra: Enterprise applications, Users and groups.",
            subject=person.upn,
        )


def _again(known: StoredAnswer, asked: str) -> Answer:
    if known.request != asked:
        raise BadInput("this Idempotency-Key was used for another answer", hint="Send a new key.")
    return Answer.model_validate(known.reply)


def _refuse_stale(review: Review, shown: Shown) -> None:
    subject = f"review {review.id}"
    if review.state is not ReviewState.OPEN:
        hint = "Look at the ticket again."
        raise AlreadyDecided(f"this review is {review.state}", hint=hint, subject=subject)
    if review.fingerprint != shown.fingerprint:
        raise PlanChanged(
            "what would be done is no longer what was shown", hint="Look at the plan again.", subject=subject
        )
