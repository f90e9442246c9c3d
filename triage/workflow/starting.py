"""What follows from a decision: the intent of a run, or a review that waits for people."""

from __future__ import annotations

import uuid

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Plan
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import Run
from triage.errors import Broken
from triage.store import reviews, runs
from triage.store.decisions import StoredDecision
from triage.store.queue import advance_job, defer
from triage.store.reviews import Review
from triage.workflow.services import Services


async def start_run(
    conn: AsyncConnection,
    services: Services,
    kept: StoredDecision,
    *,
    review_id: uuid.UUID | None,
    actor: str,
) -> Run:
    """Commit the intent to carry out a decision: a run that the next job takes up."""
    run = _run(services, kept, review_id)
    await runs.add(conn, run)
    await defer(conn, services.queue, advance_job(run))
    data: dict[str, JsonValue] = {
        "run_id": str(run.id),
        "action": run.action,
        "version": run.version,
        "tier": int(run.tier),
        "fingerprint": run.fingerprint,
        "decision_id": str(kept.id),
    }
    subject = f"ticket {kept.ticket_id}"
    await append(conn, Event.RUN_INTENDED, subject, data, actor=actor, now=services.clock())
    return run


async def open_review(conn: AsyncConnection, services: Services, kept: StoredDecision, reason: str) -> Review:
    """Let a decision wait for people; `reason` is why it came back to them, if it did."""
    decision = kept.decision
    review = Review(
        id=services.new_id(),
        ticket_id=kept.ticket_id,
        decision_id=kept.id,
        reason=reason,
        fingerprint=decision.fingerprint,
        tier=decision.tier,
        needed=max(1, decision.approvals.count),
        role=decision.approvals.role,
        opened_at=services.clock(),
    )
    await reviews.add(conn, review)
    data: dict[str, JsonValue] = {
        "number": decision.number,
        "count": review.needed,
        "role": review.role.value,
        "fingerprint": review.fingerprint,
    }
    subject = f"ticket {kept.ticket_id}"
    await append(conn, Event.REVIEW_OPENED, subject, data, actor="service", now=review.opened_at)
    return review


def _run(services: Services, kept: StoredDecision, review_id: uuid.UUID | None) -> Run:
    """The run of a decision, as pending."""
    decision, facts = kept.decision, kept.facts
    action = services.tools.actions.get(decision.action)
    if action is None or kept.params is None or not decision.fingerprint:
        raise Broken("a decision without a runnable action was to be run", subject=f"decision {kept.id}")
    params = action.params.model_validate(kept.params)
    return Run(
        id=services.new_id(),
        ticket_id=kept.ticket_id,
        decision_id=kept.id,
        review_id=review_id,
        action=action.name,
        version=action.version,
        tier=decision.tier,
        params=params.model_dump(mode="json"),
        plan=Plan(changes=decision.changes),
        fingerprint=decision.fingerprint,
        lock=f"person:{facts.target.id}" if facts.target else action.locks(params)[0],
        created_at=services.clock(),
    )
