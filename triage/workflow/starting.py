"""What follows from a decision: the intent of a run, or a review that waits for people."""

from __future__ import annotations

import uuid

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Plan
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.decision import PlannedStep
from triage.domain.run import Run, RunState
from triage.errors import Broken
from triage.store import deputies, invitations, reviews, runs
from triage.store.decisions import StoredDecision
from triage.store.invitations import Invitation
from triage.store.queue import ask_job, defer
from triage.store.reviews import Review
from triage.workflow.eyes import named_by
from triage.workflow.newcomer import reference
from triage.workflow.sequence import begin_turn
from triage.workflow.services import Services


async def start_run(
    conn: AsyncConnection,
    services: Services,
    kept: StoredDecision,
    *,
    review_id: uuid.UUID | None,
    actor: str,
) -> Run:
    """Commit the intent to carry out a decision: a run for each step, the first of which a job takes up.

    A first step that waits for its day is taken up then. Returns the run of the first step.
    """
    intended = _runs(services, kept, review_id)
    subject, now = f"ticket {kept.ticket_id}", services.clock()
    for run in intended:
        await runs.add(conn, run)
        data: dict[str, JsonValue] = {
            "run_id": str(run.id),
            "action": run.action,
            "version": run.version,
            "tier": int(run.tier),
            "fingerprint": run.fingerprint,
            "decision_id": str(kept.id),
        }
        await append(conn, Event.RUN_INTENDED, subject, data, actor=actor, now=now)
    return await begin_turn(conn, services, intended[0])


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
    await invite(conn, services, review, kept)
    data: dict[str, JsonValue] = {
        "number": decision.number,
        "count": review.needed,
        "role": review.role.value,
        "fingerprint": review.fingerprint,
    }
    subject = f"ticket {kept.ticket_id}"
    await append(conn, Event.REVIEW_OPENED, subject, data, actor="service", now=review.opened_at)
    return review


async def invite(conn: AsyncConnection, services: Services, review: Review, kept: StoredDecision) -> None:
    """Keep whom the directory names to agree and who stands in for them; a job asks them at once."""
    if not review.fingerprint:
        return
    named = named_by(services, kept)
    standing_in = await deputies.of(conn, frozenset(named), review.opened_at)
    invited = {
        one.deputy_id: Invitation(
            review_id=review.id,
            person_id=one.deputy_id,
            capacity=named[one.person_id],
            principal_id=one.person_id,
            look_at=review.opened_at,
        )
        for one in standing_in
    }
    for person_id, capacity in named.items():
        invited[person_id] = Invitation(
            review_id=review.id, person_id=person_id, capacity=capacity, look_at=review.opened_at
        )
    await invitations.add(conn, invited.values())
    if invited:
        await defer(conn, services.queue, ask_job(review.id))


def _runs(services: Services, kept: StoredDecision, review_id: uuid.UUID | None) -> tuple[Run, ...]:
    """The runs of a decision, one a step, all waiting."""
    decision, now = kept.decision, services.clock()
    known = services.tools.actions
    if not decision.fingerprint or not all(step.action in known for step in decision.steps):
        raise Broken("a decision without a runnable action was to be run", subject=f"decision {kept.id}")
    return tuple(
        Run(
            id=services.new_id(),
            ticket_id=kept.ticket_id,
            decision_id=kept.id,
            position=position,
            review_id=review_id,
            action=step.action,
            version=step.version,
            tier=decision.tier,
            params=step.params,
            plan=Plan(changes=step.changes),
            fingerprint=decision.fingerprint,
            lock=_lock(services, kept, step),
            state=RunState.WAITING,
            created_at=now,
            not_before=step.not_before,
            due_at=now,
        )
        for position, step in enumerate(decision.steps)
    )


def _lock(services: Services, kept: StoredDecision, step: PlannedStep) -> str:
    """What nothing else may touch meanwhile: the person affected, else what the step works on."""
    target, newcomer = kept.facts.target, reference(step.params)
    if target is not None:
        return f"person:{target.id}"
    if newcomer:
        return newcomer
    action = services.tools.actions[step.action]
    return str(action.locks(action.params.model_validate(step.params))[0])
