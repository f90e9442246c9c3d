"""How far a ticket has come counts every step once, also when the rest was planned anew."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from actions.vocabulary import Plan, Tier
from triage.domain.run import Run, RunState
from triage.workflow.progress import how_far

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def run(decision: int, state: RunState) -> Run:
    return Run(
        id=uuid.uuid4(),
        ticket_id=uuid.UUID(int=1),
        decision_id=uuid.UUID(int=decision),
        action="revoke_sessions",
        version=1,
        tier=Tier.DISRUPTIVE,
        params={},
        plan=Plan(),
        fingerprint="f",
        state=state,
        created_at=NOW,
        due_at=NOW,
    )


DONE, FAILED, WAITING, CANCELLED = (
    RunState.VERIFIED,
    RunState.FAILED,
    RunState.WAITING,
    RunState.CANCELLED,
)


@pytest.mark.parametrize(
    ("runs", "far"),
    [
        ((), (0, 0)),
        (((1, DONE), (1, RunState.EXECUTING), (1, WAITING)), (1, 3)),
        (((1, DONE), (1, FAILED), (1, CANCELLED)), (1, 3)),
        (((1, DONE), (1, FAILED), (1, CANCELLED), (2, DONE), (2, WAITING)), (2, 3)),
    ],
)
def test_each_step_counts_once(runs: tuple[tuple[int, RunState], ...], far: tuple[int, int]) -> None:
    assert how_far([run(*one) for one in runs]) == far
