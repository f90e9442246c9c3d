"""The directory's names, read again when they are too old; many readers at once cost one reading."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from triage.clock import Clock
from triage.resolve.directory import Directory


class FreshNames:
    """A directory snapshot that is at most `age` old."""

    def __init__(self, read: Callable[[], Awaitable[Directory]], age: timedelta, clock: Clock) -> None:
        self._read = read
        self._age = age
        self._clock = clock
        self._lock = asyncio.Lock()
        self._kept: tuple[datetime, Directory] | None = None

    async def __call__(self) -> Directory:
        """Return the snapshot.

        Raises:
            OutsideError: it is too old and cannot be read anew: an outdated name must not pick a target.
        """
        async with self._lock:
            now = self._clock()
            if self._kept is None or now - self._kept[0] >= self._age:
                self._kept = (now, await self._read())
            return self._kept[1]
