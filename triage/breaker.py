"""The circuit breaker of an action: trouble opens it, only two people close it (safety.md, C5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from pydantic import AwareDatetime

from actions.vocabulary import Frozen

FAILURES: Final = 3
"""Failures or repudiations of one action, within an hour, that open its breaker (ours)."""
FAILURES_WITHIN: Final = timedelta(hours=1)
CORRECTIONS: Final = 5
"""Labels that people corrected where this action was planned, within a day: the model drifts (ours)."""
CORRECTIONS_WITHIN: Final = timedelta(hours=24)
PEOPLE: Final = 2
"""How many have to agree that it is closed."""
REACH: Final = timedelta(days=180)
"""How long trouble is remembered: a breaker that nobody closes stays open that long."""


class Happening(Frozen):
    """What a breaker looks at: trouble of a ticket, or the agreement of a person to close it."""

    at: AwareDatetime
    ticket: str = ""
    drift: bool = False
    agreed_by: str = ""


class Breaker(Frozen):
    """How it stands: open since when, and who has agreed to close it."""

    opened_at: AwareDatetime | None = None
    agreed: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the action runs only with people's approval."""
        return self.opened_at is not None


def standing(happenings: Iterable[Happening]) -> Breaker:
    """Return how the breaker stands after what happened, in whatever order it is told.

    New trouble while it is open takes back what was agreed; nobody agrees in advance.
    """
    now, troubles = Breaker(), list[Happening]()
    for one in sorted(happenings, key=lambda one: one.at):
        if one.agreed_by:
            now = _agreed(now, one.agreed_by)
            troubles = troubles if now.open else []
        else:
            troubles.append(one)
            if now.open or _too_much(troubles):
                now = Breaker(opened_at=now.opened_at or one.at)
    return now


def _agreed(now: Breaker, person: str) -> Breaker:
    if not now.open:
        return now
    agreed = tuple(dict.fromkeys((*now.agreed, person)))
    return Breaker() if len(agreed) >= PEOPLE else now.model_copy(update={"agreed": agreed})


def _too_much(troubles: list[Happening]) -> bool:
    """Whether the last trouble is one too many of its kind, counted by tickets."""
    last = troubles[-1]
    within, most = (CORRECTIONS_WITHIN, CORRECTIONS) if last.drift else (FAILURES_WITHIN, FAILURES)
    alike = {one.ticket for one in troubles if one.drift is last.drift and one.at > last.at - within}
    return len(alike) >= most
