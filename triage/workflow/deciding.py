"""From a received ticket to a stored decision, and to the run, review or note that follows from it."""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from triage.audit.chain import salted
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.decision import Approvals, Decision, Rule, Verdict
from triage.domain.run import TicketState
from triage.enrich import note
from triage.memory import Event as Memorable
from triage.store import decisions, policies, reviews, runs, tickets
from triage.store.decisions import StoredDecision
from triage.store.memories import memory_on
from triage.store.notes import NoteKind
from triage.store.tickets import StoredTicket
from triage.workflow import words
from triage.workflow.ask import ask_of
from triage.workflow.probing import heed_asks
from triage.workflow.progress import Progress, progress_of
from triage.workflow.questions import ask
from triage.workflow.saying import say
from triage.workflow.services import Services
from triage.workflow.starting import open_review, start_run
from triage.workflow.steps import Consideration, consider
from triage.workflow.storms import heed_storm

SENT_BACK: Final = "workflow.sent_back"
"""Id of the rule that the workflow itself adds."""
_ACTED = "an earlier revision of this ticket was acted on already"
_TRIED = "an earlier try did not end well"
_STATES = {
    Verdict.AUTO: TicketState.RUNNING,
    Verdict.REVIEW: TicketState.REVIEW,
    Verdict.BLOCKED: TicketState.BLOCKED,
    Verdict.HANDOVER: TicketState.HANDOVER,
}


async def triage_ticket(services: Services, ticket_id: uuid.UUID) -> None:
    """Decide on a received ticket, once; one that was decided meanwhile is left alone.

    Raises:
        Throttled: a service asks to come back later.
    """
    async with services.engine.connect() as conn:
        stored = await tickets.get(conn, ticket_id)
        corrected = await reviews.correction(conn, ticket_id)
        acted = await runs.acted_on_before(conn, stored.id)
        progress = await progress_on(conn, stored.id, corrected)
        tried = any(run.started_at for run in await runs.of_ticket(conn, stored.id))
    if stored.state is not TicketState.RECEIVED:
        return
    considered = await consider(
        stored.ticket, services.tools, services.clock(), corrected=corrected, progress=progress
    )
    reason = progress.sentence if progress else _TRIED if tried else _ACTED if acted else ""
    async with services.engine.begin() as conn:
        current = await tickets.get(conn, ticket_id, lock=True)
        if current.state is TicketState.RECEIVED:
            await conclude(conn, services, current, considered, sent_back=reason)


async def progress_on(conn: AsyncConnection, ticket_id: uuid.UUID, corrected: str | None) -> Progress | None:
    """Return how far a ticket has come, unless a person has said since that it is about something else."""
    found = progress_of(await decisions.of_ticket(conn, ticket_id), await runs.of_ticket(conn, ticket_id))
    return found if found and corrected in (None, found.decision.label) else None


async def conclude(
    conn: AsyncConnection,
    services: Services,
    stored: StoredTicket,
    considered: Consideration,
    *,
    sent_back: str = "",
) -> StoredDecision:
    """Keep a decision and what follows from it, in the caller's transaction, which holds the ticket.

    `sent_back` is why a run did not go ahead; then nothing runs by itself again without a person's word.
    """
    kept = _kept(services, stored, considered, sent_back)
    verdict = kept.decision.verdict
    await decisions.add(conn, kept)
    policy = services.tools.policy
    await policies.keep(conn, policy.version, policy.texts.files, kept.made_at)
    await tickets.set_state(conn, stored.id, _STATES[verdict], kept.made_at)
    await _remember(conn, stored, kept, considered)
    await heed_storm(conn, kept)
    await heed_asks(conn, kept)
    await _tell(conn, services, stored, kept, sent_back)
    reason = sent_back
    if verdict is Verdict.REVIEW and considered.request.question:
        reason = await ask(conn, services, stored, considered.request.question) or sent_back
    await append(
        conn,
        Event.TICKET_DECIDED,
        f"ticket {stored.id}",
        _audited(kept),
        actor="service",
        now=kept.made_at,
    )
    if verdict is Verdict.AUTO:
        await start_run(conn, services, kept, review_id=None, actor="service")
    elif verdict is Verdict.REVIEW:
        await open_review(conn, services, kept, reason)
    return kept


def _kept(
    services: Services, stored: StoredTicket, considered: Consideration, sent_back: str
) -> StoredDecision:
    """The decision as it is stored; what was sent back gets a person in front of it."""
    decision = considered.decision
    if sent_back and decision.verdict is Verdict.AUTO:
        decision = with_person(decision, sent_back)
    return StoredDecision(
        id=services.new_id(),
        ticket_id=stored.id,
        made_at=services.clock(),
        decision=decision,
        seconds=considered.seconds,
        salt=services.new_id().hex,
    )


def with_person(decision: Decision, reason: str) -> Decision:
    """The decision with a person in front of it, since a run of an earlier one did not go ahead."""
    spoke = (*decision.rules, Rule(id=SENT_BACK, sentence=reason))
    needed = Approvals(count=max(1, decision.approvals.count), role=decision.approvals.role)
    return decision.model_copy(update={"verdict": Verdict.REVIEW, "approvals": needed, "rules": spoke})


async def _remember(
    conn: AsyncConnection, stored: StoredTicket, kept: StoredDecision, considered: Consideration
) -> None:
    """Remember the ask: open while the machine or a person may still act on it, else closed."""
    ask = ask_of(stored.ticket, considered.request, kept.facts, kept.decision.action)
    waits = kept.decision.verdict in (Verdict.AUTO, Verdict.REVIEW)
    await ask.remember(memory_on(conn), Memorable.ASKED if waits else Memorable.CLOSED, kept.made_at)


async def _tell(
    conn: AsyncConnection, services: Services, stored: StoredTicket, kept: StoredDecision, sent_back: str
) -> None:
    """Leave a note for the desk: what was decided and why, and what is known of the people."""
    text = words.decided(kept.decision, str(kept.id), note(kept.facts, stored.ticket), sent_back)
    await say(conn, services, stored.id, NoteKind.WORK_NOTE, (f"decision {kept.id}", text))


def _audited(kept: StoredDecision) -> dict[str, str | float]:
    decision = kept.decision
    return {
        "number": decision.number,
        "verdict": decision.verdict.value,
        "label": decision.label,
        "confidence": decision.confidence,
        "rules": ", ".join(rule.id for rule in decision.rules),
        "model": decision.model,
        "policy": decision.policy,
        "action": decision.action,
        "fingerprint": decision.fingerprint,
        "decision_id": str(kept.id),
        "record": salted(kept.salt, decision.model_dump(mode="json")),
    }
