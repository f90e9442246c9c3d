"""A run: one step of a ticket's plan, from intent to verified effect, and what binds an approval to it."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from enum import StrEnum

from pydantic import AwareDatetime, JsonValue

from actions.vocabulary import Frozen, Plan, Tier
from triage.domain.decision import PlannedStep


class RunState(StrEnum):
    """Where a run stands; the last five are its ends, and only `undoing` leads away from one of them.

    Waiting: for the steps before it, or for its day. Delivering: the effect was read back, its secret is
    being handed over. Replacing: that failed, and the secret's effect is being overwritten by one that nobody
    has seen.
    """

    WAITING = "waiting"
    PENDING = "pending"
    EXECUTING = "executing"
    VERIFYING = "verifying"
    DELIVERING = "delivering"
    REPLACING = "replacing"
    UNDOING = "undoing"
    VERIFIED = "verified"
    FAILED = "failed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    CANCELLED = "cancelled"
    UNDONE = "undone"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in _ENDS

    @property
    def idle(self) -> bool:
        """Whether nothing outside was touched yet, so that the run can be dropped without a trace."""
        return self in (RunState.WAITING, RunState.PENDING)


_ENDS = frozenset(
    {RunState.VERIFIED, RunState.FAILED, RunState.OUTCOME_UNKNOWN, RunState.CANCELLED, RunState.UNDONE}
)


class TicketState(StrEnum):
    """Where a ticket stands at one revision. Settled: all but received and running.

    Scheduled: what was decided waits for its day. Superseded: the requester said something new before
    anything was done; a later revision took its place.
    """

    RECEIVED = "received"
    RUNNING = "running"
    SCHEDULED = "scheduled"
    RESOLVED = "resolved"
    REVIEW = "review"
    BLOCKED = "blocked"
    HANDOVER = "handover"
    SUPERSEDED = "superseded"

    @property
    def settled(self) -> bool:
        """Whether nothing of the machine's is under way or due."""
        return self not in (TicketState.RECEIVED, TicketState.RUNNING)


class Run(Frozen):
    """One step of what was decided on a ticket.

    Attributes:
        decision_id: the decision it belongs to; each of its steps is carried out once.
        position: which step of the decision it is, counted from 0.
        not_before: the instant it waits for, if it waits.
        due_at: when its turn came: a run that begins much later needs approvals that are younger.
        review_id: the review whose approvals allow it; `None` when the policy alone does.
        lock: `person:<object id>`, or the main lock of the action; runs of one lock take turns.
        held: whether the kill switch keeps it waiting.
        owner: counted up with every saved step, so that a worker that was overtaken notices.
        started_at: when the intent was committed; effects before it are not ours.
        done_at: when the write was answered; the settle time counts from here.
        detail: what went wrong, in plain words.
        undo_by: object id of the person who asked for the undo.
    """

    id: uuid.UUID
    ticket_id: uuid.UUID
    decision_id: uuid.UUID
    position: int = 0
    review_id: uuid.UUID | None = None
    action: str
    version: int
    tier: Tier
    params: dict[str, JsonValue]
    plan: Plan
    fingerprint: str
    lock: str = ""
    state: RunState = RunState.PENDING
    held: bool = False
    owner: int = 0
    created_at: AwareDatetime
    not_before: AwareDatetime | None = None
    due_at: AwareDatetime
    started_at: AwareDatetime | None = None
    done_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    detail: str = ""
    undo_by: str = ""


def fingerprint(steps: Sequence[PlannedStep], policy: str) -> str:
    """SHA-256 (hex) over every step in order (action, version, parameters, plan digest, day) and the policy.

    What people approve is this value, and what runs must have it (architecture.md section 3, step 8).
    """
    bound = [
        {
            **step.model_dump(mode="json", include={"action", "version", "params", "not_before", "foreseen"}),
            "plan": Plan(changes=step.changes).digest,
        }
        for step in steps
    ]
    text = json.dumps({"steps": bound, "policy": policy}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
