"""Learns from refusals how many requests a second a service grants us, and spaces ours accordingly.

A token bucket that refuses is empty. What was drawn between two refusals is therefore what flowed into it, so
that the second one tells the rate. We stay a little below it and creep up again, since limits change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_SHARE: Final = 0.97
_CREEP: Final = 0.01
"""How much more we dare with every second without a refusal."""
_MEASURABLE: Final = timedelta(seconds=90)
"""Between refusals further apart the bucket was not always near empty, so that they tell nothing."""
_LEAST: Final = 0.05
_ENOUGH: Final = 5
"""Fewer units between two refusals tell no rate: a lone probe came back too early, as Retry-After allowed."""


@dataclass
class Rate:
    """What one process has learnt of one bucket; nothing is spaced before a second refusal.

    Attributes:
        per_second: units a second at `learnt_at`; 0 while nothing is known.
        drawn: units we sent since the last wave of refusals, refused ones included: they count as well.
        since: when that wave began.
        closed_until: refusals before this time belong to the same wave.
        next_at: when the next request may go out.
    """

    per_second: float = 0.0
    drawn: int = 0
    since: datetime | None = None
    closed_until: datetime | None = None
    next_at: datetime | None = None

    def sent(self, units: int, now: datetime) -> None:
        """Count a request that goes out now."""
        self.drawn += units
        if self.per_second:
            start = max(self.next_at or now, now)
            self.next_at = start + timedelta(seconds=units / self._allowed(now))

    def refused(self, now: datetime, until: datetime) -> None:
        """Learn from a refusal that asks to stay away `until` then."""
        if self.closed_until is not None and now < self.closed_until:
            self.closed_until = max(self.closed_until, until)
            return
        measured = now - self.since if self.since else _MEASURABLE
        if measured < _MEASURABLE and self.drawn >= _ENOUGH:
            seconds = max(measured.total_seconds(), 1.0)
            self.per_second = max(_SHARE * self.drawn / seconds, _LEAST)
        elif self.per_second:
            self.per_second = max(_SHARE * self._allowed(now), _LEAST)
        self.since, self.drawn, self.closed_until, self.next_at = now, 0, until, until

    def _allowed(self, now: datetime) -> float:
        calm = (now - self.since).total_seconds() if self.since else 0.0
        return self.per_second * (1 + _CREEP * max(calm, 0.0))
