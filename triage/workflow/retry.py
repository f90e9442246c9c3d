"""When a job that failed is tried again, and when people are told instead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from actions.errors import OutsideError, Throttled
from triage.errors import Overtaken

MOST_ATTEMPTS = 8
"""Failures of one job before its ticket is left to people: about ten minutes (ours)."""
_FIRST, _LONGEST = timedelta(seconds=2), timedelta(minutes=10)


class Retry(BaseRetryStrategy):
    """Come back when a service asks for it, later and later after a failure, and never when overtaken.

    A retried job gives its lock up, since a scheduled job would block every later one of that lock.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when the job runs again; `None` ends it."""
        if isinstance(exception, Overtaken):
            return None
        lock = f"free:{job.id}" if job.lock else None
        if isinstance(exception, Throttled):
            return RetryDecision(retry_at=exception.retry_at, lock=lock)
        if job.attempts >= MOST_ATTEMPTS and not isinstance(exception, OutsideError):
            return None
        pause = min(_FIRST * 2**job.attempts, _LONGEST)
        return RetryDecision(retry_at=datetime.now(UTC) + pause, lock=lock)
