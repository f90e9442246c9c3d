"""When people work and when nothing changes, as a site tells it (safety.md, C7)."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from actions.vocabulary import Frozen


class WorkingHours(Frozen):
    """From when to when people work, by the clock of their office, on which days.

    `days` counts Monday as 0. `zones` names the IANA time zone of an office where it differs from the site's.
    """

    start: time = time(6)
    end: time = time(20)
    days: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()
    zones: dict[str, str] = Field(default_factory=dict)

    def at_work(self, now: datetime, office: str, zone: str) -> bool:
        """Whether people of `office` work at `now` (aware); `zone` is the site's own."""
        local = now.astimezone(ZoneInfo(self.zones.get(office, zone)))
        on_a_day = local.weekday() in self.days and local.date() not in self.holidays
        return on_a_day and self.start <= local.time() < self.end


class Freeze(Frozen):
    """A time in which nothing is changed by itself, `end` excluded."""

    start: AwareDatetime
    end: AwareDatetime

    def holds(self, now: datetime) -> bool:
        """Whether it is on at `now` (aware)."""
        return self.start <= now < self.end
