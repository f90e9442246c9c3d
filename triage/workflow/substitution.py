"""Naming a deputy: a person's own word, for a time, to somebody of the company; never passed on."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from triage.audit.events import Event
from triage.audit.log import append
from triage.errors import BadInput, NotAllowed, Unknown
from triage.resolve.directory import Person
from triage.store import deputies
from triage.store.deputies import Deputy
from triage.workflow.answering import Approver
from triage.workflow.services import Services

LONGEST = timedelta(days=60)
"""The longest time somebody stands in for another (ours): longer absences have a manager who decides."""


async def name_deputy(
    services: Services, person: Approver, address: str, starts_at: datetime, ends_at: datetime
) -> Deputy:
    """Let somebody stand in for `person`, where manager or owners are asked, from `starts_at` to `ends_at`.

    Raises:
        NotAllowed: the person has not signed in just now; whoever finds an open browser names no deputy.
        BadInput: nobody of that address can stand in, or the time is no good.
        OutsideError: the directory cannot be read.
    """
    if not person.fresh_sign_in:
        raise NotAllowed(
            "naming a deputy needs a sign-in of the last 15 minutes",
            hint="Sign in again.",
            subject=person.upn,
        )
    now = services.clock()
    if not now < ends_at or not starts_at < ends_at or ends_at - max(starts_at, now) > LONGEST:
        raise BadInput(
            "that is no time to stand in for",
            hint=f"It ends after it starts and in the future, after at most {LONGEST.days} days.",
        )
    deputy = await _deputy(services, person, address)
    word = Deputy(
        id=services.new_id(),
        person_id=person.id,
        deputy_id=deputy.id,
        starts_at=starts_at,
        ends_at=ends_at,
        named_at=now,
    )
    data = {
        "deputy_id": deputy.id,
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "word_id": str(word.id),
    }
    async with services.engine.begin() as conn:
        await deputies.add(conn, word)
        await append(conn, Event.DEPUTY_NAMED, f"person {person.id}", data, actor=person.id, now=now)
    return word


async def end_deputy(services: Services, person: Approver, word_id: uuid.UUID) -> None:
    """Take a word back; what the deputy approved before stays approved.

    Raises:
        Unknown: the person has given no such word, or it has ended.
    """
    now = services.clock()
    async with services.engine.begin() as conn:
        if not await deputies.end(conn, word_id, person.id, now):
            raise Unknown("there is no such deputy of yours", subject=f"word {word_id}")
        data = {"word_id": str(word_id)}
        await append(conn, Event.DEPUTY_ENDED, f"person {person.id}", data, actor=person.id, now=now)


async def _deputy(services: Services, person: Approver, address: str) -> Person:
    found = (await services.tools.directory()).by_address.get(address.strip().lower())
    if found is None or found.id == person.id or found.guest or found.service or not found.enabled:
        raise BadInput(
            "nobody of that address can stand in for you",
            hint="Give the work address of a colleague with an account of their own.",
        )
    return found
