"""Compares our record with Entra's, both ways: every change by our app has a run, every run left a change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime

from actions.vocabulary import Frozen

NEAR: Final = timedelta(minutes=5)
"""How far from a run's start and end its change may lie, where Entra kept no request id of ours (ours)."""
_DIRECTORY: Final = ("User.", "User-", "UserAuth", "Group", "LicenseAssignment", "Directory")


class Seen(Frozen):
    """A change as Entra recorded it."""

    id: str
    activity: str
    at: AwareDatetime
    request_id: str
    targets: tuple[str, ...]


class Ours(Frozen):
    """A run as we recorded it; `traced` tells whether Entra must know of it."""

    id: uuid.UUID
    action: str
    started_at: AwareDatetime
    ended_at: AwareDatetime
    targets: frozenset[str]
    traced: bool


class Kind(StrEnum):
    """What is wrong: somebody uses our app's rights, or a run says it did what Entra never saw."""

    CHANGE_WITHOUT_RUN = "a change by our app that no run of ours made"
    RUN_WITHOUT_CHANGE = "a run of ours of which Entra shows nothing"


class Alarm(Frozen):
    """One contradiction; `reference` is the id of Entra's entry or of our run."""

    kind: Kind
    reference: str
    activity: str
    at: AwareDatetime


def contradictions(
    changes: Sequence[Seen], runs: Sequence[Ours], *, since: datetime, until: datetime
) -> tuple[Alarm, ...]:
    """Return what is in one record and not in the other.

    Args:
        changes: all that our app changed in the directory in a span that is wider than the runs' by `NEAR`.
        runs: the runs that may have made them.
        since: only what happened from here on counts.
        until: only what ended before counts; Entra is minutes late.
    """
    alarms = [
        Alarm(kind=Kind.CHANGE_WITHOUT_RUN, reference=one.id, activity=one.activity, at=one.at)
        for one in changes
        if since <= one.at < until and not any(_made(run, one) for run in runs)
    ]
    alarms += [
        Alarm(kind=Kind.RUN_WITHOUT_CHANGE, reference=str(run.id), activity=run.action, at=run.started_at)
        for run in runs
        if run.traced and since <= run.started_at and run.ended_at < until
        if not any(_made(run, one) for one in changes)
    ]
    return tuple(sorted(alarms, key=lambda alarm: alarm.at))


def leaves_a_trace(permissions: Iterable[str]) -> bool:
    """Whether an action with these Graph permissions changes what directoryAudits shows."""
    return any(
        one.startswith(_DIRECTORY) and not one.endswith((".Read.All", ".ReadBasic.All"))
        for one in permissions
    )


def _made(run: Ours, change: Seen) -> bool:
    """Whether the run made the change: by our request id, else by place and time."""
    if change.request_id == str(run.id):
        return True
    in_time = run.started_at - NEAR <= change.at <= run.ended_at + NEAR
    return in_time and not run.targets.isdisjoint(change.targets)
