"""How often something may be tried from one place, in one process, where nobody signs in."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from actions.errors import Throttled
from triage.clock import Clock

_MOST_PLACES = 10_000


class Pace:
    """Lets `most` tries by from each place within `window`, and forgets the place that was quiet longest."""

    def __init__(self, most: int, window: timedelta, clock: Clock) -> None:
        self._most, self._window, self._clock = most, window, clock
        self._tries: dict[str, deque[datetime]] = {}

    def refuse_haste(self, place: str) -> None:
        """Count a try.

        Raises:
            Throttled: there were too many.
        """
        now = self._clock()
        tries = self._tries.pop(place, deque())
        while tries and tries[0] <= now - self._window:
            tries.popleft()
        self._tries[place] = tries
        if len(self._tries) > _MOST_PLACES:
            del self._tries[next(iter(self._tries))]
        if len(tries) >= self._most:
            raise Throttled(
                "there were too many tries from here",
                retry_at=tries[0] + self._window,
                hint="Wait a minute, or call the service desk.",
            )
        tries.append(now)
