"""`triage audit erase`, `hold`, `release`: what is kept of people, and how long."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from pydantic import JsonValue

from triage.audit.events import Event
from triage.audit.log import append
from triage.cli.audit.ground import actor
from triage.cli.console import JsonTarget, emit_json, summary
from triage.clock import system_clock
from triage.errors import Unknown
from triage.settings import load_settings
from triage.store import contents
from triage.store.engine import open_database

Subject = Annotated[str, typer.Argument(help="Object id of a person, or number of a ticket.")]


def erase(
    person: Annotated[str, typer.Argument(help="Object id of the person in Entra.")],
    *,
    json: JsonTarget = None,
) -> None:
    """Erase the contents of a person's settled tickets for good; the chain stays whole, held tickets stay.

    Verdicts, rules, times and ids stay, as proof needs them; asks of the last 30 days guard the account and
    go by themselves.
    """
    erased = asyncio.run(_erase(person))
    emit_json({"person": person, "tickets": erased}, json)
    summary(f"the contents of {erased} tickets were erased", target=json)


def hold(
    subject: Subject,
    *,
    reason: Annotated[str, typer.Option(help="Why, for instance a case number; no names.")],
    json: JsonTarget = None,
) -> None:
    """Keep everything about a person or ticket, whatever its age and whoever asks, until it is released."""
    fresh = asyncio.run(_hold(subject, reason))
    emit_json({"subject": subject, "held": True}, json)
    summary(f"{subject} is held" if fresh else f"{subject} was held already", target=json)


def release(subject: Subject, *, json: JsonTarget = None) -> None:
    """Lift a legal hold."""
    asyncio.run(_release(subject))
    emit_json({"subject": subject, "held": False}, json)
    summary(f"{subject} is no longer held", target=json)


async def _erase(person: str) -> int:
    now = system_clock()
    async with open_database(load_settings()) as database, database.engine.begin() as conn:
        erased = await contents.erase(conn, await contents.tickets_of(conn, person), now)
        data: dict[str, JsonValue] = {"tickets": erased, "reason": "the person's right"}
        await append(conn, Event.CONTENTS_ERASED, f"person {person}", data, actor=actor(), now=now)
        return erased


async def _hold(subject: str, reason: str) -> bool:
    now = system_clock()
    async with open_database(load_settings()) as database, database.engine.begin() as conn:
        wanted = contents.Hold(subject=subject, reason=reason, set_by=actor(), set_at=now)
        fresh = await contents.set_hold(conn, wanted)
        if fresh:
            data = {"reason": reason}
            await append(conn, Event.HOLD_SET, f"hold {subject}", data, actor=actor(), now=now)
        return fresh


async def _release(subject: str) -> None:
    now = system_clock()
    async with open_database(load_settings()) as database, database.engine.begin() as conn:
        if not await contents.lift_hold(conn, subject):
            raise Unknown("there is no legal hold on it", subject=subject)
        await append(conn, Event.HOLD_LIFTED, f"hold {subject}", {}, actor=actor(), now=now)
