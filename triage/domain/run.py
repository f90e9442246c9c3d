"""A run: one action for one ticket, from intent to verified effect, and what binds an approval to it."""

from __future__ import annotations

import hashlib
import json
import uuid
from enum import StrEnum

from pydantic import AwareDatetime, JsonValue

from actions.vocabulary import Frozen, Plan, Tier


class RunState(StrEnum):
    """Where a run stands. Terminal: verified, failed, outcome_unknown, cancelled, undone."""

    PENDING = "pending"
    EXECUTING = "executing"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    FAILED = "failed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    CANCELLED = "cancelled"
    UNDONE = "undone"


class TicketState(StrEnum):
    """Where a ticket stands. Settled: resolved, review, blocked, handover."""

    RECEIVED = "received"
    RUNNING = "running"
    RESOLVED = "resolved"
    REVIEW = "review"
    BLOCKED = "blocked"
    HANDOVER = "handover"


class Run(Frozen):
    """One action for one ticket."""

    id: uuid.UUID
    ticket_id: uuid.UUID
    action: str
    version: int
    tier: Tier
    params: dict[str, JsonValue]
    plan: Plan
    fingerprint: str
    state: RunState
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    detail: str = ""


def fingerprint(action: str, version: int, params: dict[str, JsonValue], plan: Plan, policy: str) -> str:
    """SHA-256 (hex) over action, version, parameters, plan digest and policy version.

    What people approve is this value, and what runs must have it (architecture.md section 3, step 8).
    """
    bound = {"action": action, "version": version, "params": params, "plan": plan.digest, "policy": policy}
    return hashlib.sha256(json.dumps(bound, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
