"""How long each stage of a decision took."""

from __future__ import annotations

from collections.abc import Callable


class Stopwatch:
    """Counts the seconds from one lap to the next, by a clock that only goes forward."""

    def __init__(self, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._last = timer()
        self.seconds: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Note the seconds since the lap before as those of `stage`."""
        now = self._timer()
        self.seconds[stage] = round(now - self._last, 6)
        self._last = now
