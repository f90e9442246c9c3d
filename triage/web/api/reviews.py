"""What waits for people, and the three answers to it."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, Field

from triage.domain.decision import Decision
from triage.errors import BadInput
from triage.store import decisions, reviews
from triage.store.reviews import Review
from triage.web.callers import Caller
from triage.web.front import Answering, Documented, Served, Viewer
from triage.workflow.approvals import Answer, Approver, Shown, approve, correct, reject

router = APIRouter(prefix="/reviews", tags=["reviews"])

Key = Annotated[
    str,
    Header(alias="Idempotency-Key", max_length=200, description="Asked again, the first answer comes again."),
]
_REFUSALS: Documented = {
    404: {"description": "There is no such review."},
    409: {"description": "It was answered before, or what would be done is no longer what was shown."},
}


class Seen(BaseModel):
    """What was seen before answering."""

    fingerprint: str = Field(
        max_length=128, description="The review's, as it was shown; empty without a plan."
    )


class Meant(Seen):
    """What was seen, and what it should have been called."""

    label: str = Field(max_length=100, description="A label, see `GET /models` and the playbooks.")


class Case(BaseModel):
    """A review and the decision that is to be answered, as it was made."""

    review: Review
    decision: Decision


class Page(BaseModel):
    """Some of what waits, oldest first; `next` is the cursor of the following page, `null` at the end."""

    items: list[Case]
    next: str | None = None


@router.get("")
async def waiting(
    services: Served,
    caller: Viewer,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str, Query(max_length=200, description="`next` of the page before.")] = "",
) -> Page:
    """List what waits for people, oldest first. Needs the app role viewer."""
    del caller
    async with services.engine.connect() as conn:
        found = await reviews.waiting(conn, limit=limit + 1, after=_place(cursor) if cursor else None)
        items = [
            Case(review=one, decision=(await decisions.get(conn, one.decision_id)).decision)
            for one in found[:limit]
        ]
    more = len(found) > limit
    return Page(items=items, next=_cursor(found[limit - 1]) if more else None)


@router.post("/{review_id}/approve", responses=_REFUSALS)
async def yes(services: Served, caller: Answering, review_id: uuid.UUID, body: Seen, key: Key = "") -> Answer:
    """Agree to exactly the plan of this fingerprint; the last agreement needed starts the run.

    Needs the app role approver or admin, and what the policy asks of this approval. A token is no fresh
    sign-in of a person, so approvals of the highest tiers are given on the page.
    """
    return await approve(services, Shown(review_id, body.fingerprint, key), _approver(caller))


@router.post("/{review_id}/reject", responses=_REFUSALS)
async def no(services: Served, caller: Answering, review_id: uuid.UUID, body: Seen, key: Key = "") -> Answer:
    """Decline what was shown; people take the ticket over. Needs the app role approver or admin."""
    return await reject(services, Shown(review_id, body.fingerprint, key), _approver(caller))


@router.post("/{review_id}/correct", responses=_REFUSALS)
async def other(
    services: Served, caller: Answering, review_id: uuid.UUID, body: Meant, key: Key = ""
) -> Answer:
    """Say what the ticket is really about; it is decided anew. Needs the app role approver or admin."""
    return await correct(services, Shown(review_id, body.fingerprint, key), _approver(caller), body.label)


def _approver(caller: Caller) -> Approver:
    return Approver(caller.id, caller.upn or caller.name, frozenset(role.value for role in caller.roles))


def _cursor(last: Review) -> str:
    place = json.dumps([last.opened_at.isoformat(), str(last.id)])
    return base64.urlsafe_b64encode(place.encode()).decode()


def _place(cursor: str) -> tuple[datetime, uuid.UUID]:
    try:
        at, review_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        place = datetime.fromisoformat(at), uuid.UUID(review_id)
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise BadInput("the cursor is none of ours", hint="Start without one.", subject="cursor") from error
    if place[0].tzinfo is None:
        raise BadInput("the cursor is none of ours", hint="Start without one.", subject="cursor")
    return place
