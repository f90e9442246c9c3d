"""One turn of a job: under its lock, tried again later when it fails, left to people in the end."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.errors import OutsideError, Throttled
from triage.errors import Overtaken
from triage.store.queue import Job, defer
from triage.workflow.services import Services

_log = logging.getLogger(__name__)

MOST_FAILURES = 8
"""Failures of one step in a row before its ticket is left to people: about ten minutes (ours)."""
_FIRST, _LONGEST = timedelta(seconds=2), timedelta(minutes=10)

GiveUp = Callable[[Services, uuid.UUID], Awaitable[None]]


@dataclass(frozen=True)
class Turn:
    """A job that has come up.

    Attributes:
        failures: how often its step has failed in a row.
        lock: the lock it came with.
    """

    services: Services
    job: Job
    failures: int
    lock: str | None

    async def take(self, step: Callable[[], Awaitable[None]], give_up: GiveUp | None = None) -> None:
        """Take the step; a job that came without its lock queues itself again with it.

        Nothing waits here: a service that asks to wait, or a failure, becomes a job with a time. After
        `MOST_FAILURES` in a row, `give_up` leaves the matter to people; without it there is no end.
        """
        if self.job.lock and self.lock != self.job.lock:
            await self._again(None, self.failures)
            return
        try:
            await step()
        except Overtaken:
            _log.info("%s %s goes on elsewhere", self.job.task, self.job.subject)
        except Throttled as asked:
            await self._again(asked.retry_at, self.failures)
        except OutsideError as trouble:
            _log.warning("%s %s: %s %s", self.job.task, self.job.subject, trouble.message, trouble.hint)
            await self._failed(give_up)
        except Exception:  # noqa: BLE001 - whatever it was, the step must not be lost
            _log.exception("%s %s failed", self.job.task, self.job.subject)
            await self._failed(give_up)

    async def _failed(self, give_up: GiveUp | None) -> None:
        if give_up is not None and self.failures + 1 >= MOST_FAILURES:
            await give_up(self.services, self.job.subject)
            return
        pause = min(_FIRST * 2**self.failures, _LONGEST)
        await self._again(self.services.clock() + pause, self.failures + 1)

    async def _again(self, at: datetime | None, failures: int) -> None:
        async with self.services.engine.begin() as conn:
            await defer(conn, self.services.queue, self.job, at=at, failures=failures)
