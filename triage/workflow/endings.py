"""How a run ends, each with its audit event, its place in memory and its words in the ticket."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.contract import Action
from actions.errors import OutsideError
from actions.vocabulary import SecretKind
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.request import Request
from triage.domain.run import Run, RunState, TicketState
from triage.memory import Event as Memorable
from triage.secrets import seal
from triage.store import decisions, runs, tickets
from triage.store.memories import memory_on
from triage.store.notes import NoteKind
from triage.store.tickets import StoredTicket
from triage.workflow import words
from triage.workflow.ask import ask_of
from triage.workflow.breaking import tell_if_opened
from triage.workflow.deciding import conclude
from triage.workflow.saying import say
from triage.workflow.sequence import drop_rest, next_step
from triage.workflow.services import Services
from triage.workflow.steps import Consideration
from triage.workflow.telling import arm
from triage.workflow.vault import empty_vault


async def succeed(services: Services, run: Run, action: Action[Any]) -> datetime | None:
    """The effect was read back: hand its secret over if somebody is given one, else the run is verified."""
    if not action.secret.handed_over:
        if action.secret is SecretKind.UNSEEN:
            async with services.engine.begin() as conn:
                await seal.destroy(conn, run.id, reason="nobody is to see it", now=services.clock())
        await verified(services, run)
        return None
    async with services.engine.begin() as conn:
        await runs.save(conn, run.model_copy(update={"state": RunState.DELIVERING}))
    return services.clock()


async def verified(services: Services, run: Run) -> None:
    """End a run well; after the last step the ticket is resolved, with words for requester and desk."""
    now = services.clock()
    async with services.engine.begin() as conn:
        stored = await tickets.get(conn, run.ticket_id, lock=True)
        run = await runs.save(conn, run.model_copy(update={"state": RunState.VERIFIED, "finished_at": now}))
        said = words.done(run, services.tools.actions[run.action].title)
        await say(conn, services, stored.id, NoteKind.WORK_NOTE, (f"run {run.id}", said))
        await _record(conn, Event.RUN_VERIFIED, run, {"action": run.action}, now)
        await arm(conn, services, run, (await decisions.get(conn, run.decision_id)).decision)
        if await next_step(conn, services, run) is None:
            await _resolve(conn, services, stored, run, now)


async def _resolve(
    conn: AsyncConnection, services: Services, stored: StoredTicket, run: Run, now: datetime
) -> None:
    """All is done: remember it, tell the requester, and let the ticket be closed."""
    label = await remember(conn, run.ticket_id, run.decision_id, Memorable.DONE, now)
    text = words.for_requester(services.tools.playbooks[label], stored.ticket)
    for kind in (NoteKind.COMMENT, NoteKind.RESOLVE):
        await say(conn, services, stored.id, kind, (f"run {run.id}", text))


async def fail(services: Services, run: Run, state: RunState, reason: str) -> None:
    """End a run as `failed` or `outcome_unknown`; its secret is destroyed and people take the ticket over."""
    now = services.clock()
    ended = run.model_copy(update={"state": state, "finished_at": now, "detail": reason})
    action = services.tools.actions.get(run.action)
    with suppress(OutsideError):  # what stays behind ends with its own expiry date
        await empty_vault(services, run)
    async with services.engine.begin() as conn:
        await tickets.get(conn, run.ticket_id, lock=True)
        run = await runs.save(conn, ended)
        dropped = await drop_rest(conn, services, run, "a step before it did not work")
        await tickets.set_state(conn, run.ticket_id, TicketState.HANDOVER, now)
        await remember(conn, run.ticket_id, run.decision_id, Memorable.FAILED, now)
        await tell_if_opened(conn, run.action, now)
        text = words.not_done(run, _title(services, run), [_title(services, one) for one in dropped])
        await say(conn, services, run.ticket_id, NoteKind.WORK_NOTE, (f"run {run.id}", text))
        if action and action.secret is not SecretKind.NONE and run.started_at is not None:
            await seal.destroy(conn, run.id, reason="the run failed", now=now)
        event = Event.RUN_UNKNOWN if state is RunState.OUTCOME_UNKNOWN else Event.RUN_FAILED
        await _record(conn, event, run, {"action": run.action, "reason": reason}, now)


async def send_back(services: Services, run: Run, considered: Consideration, reason: str) -> None:
    """Cancel a run that did not start, and let its ticket be decided as things stand now."""
    now = services.clock()
    ended = run.model_copy(update={"state": RunState.CANCELLED, "finished_at": now, "detail": reason})
    async with services.engine.begin() as conn:
        stored = await tickets.get(conn, run.ticket_id, lock=True)
        run = await runs.save(conn, ended)
        await drop_rest(conn, services, run, reason)
        await conclude(conn, services, stored, considered, sent_back=reason)
        await _record(conn, Event.RUN_SENT_BACK, run, {"action": run.action, "reason": reason}, now)


async def remember(
    conn: AsyncConnection, ticket_id: uuid.UUID, decision_id: uuid.UUID, event: Memorable, now: datetime
) -> str:
    """Remember what became of the ask that was decided on; return its label."""
    kept = await decisions.get(conn, decision_id)
    stored = await tickets.get(conn, ticket_id)
    decision = kept.decision
    request = Request(
        label=decision.label,
        parameters=decision.parameters,
        missing=decision.missing,
        ambiguous=decision.ambiguous,
    )
    ask = ask_of(stored.ticket, request, kept.facts, decision.action)
    await ask.remember(memory_on(conn), event, now)
    return decision.label


def _title(services: Services, run: Run) -> str:
    action = services.tools.actions.get(run.action)
    return action.title if action else run.action


async def _record(conn: AsyncConnection, event: Event, run: Run, data: dict[str, str], now: datetime) -> None:
    await append(conn, event, f"run {run.id}", data, actor="service", now=now)
