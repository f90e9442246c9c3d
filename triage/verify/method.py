"""What a method of proof is, and what proofs together are worth (NIST SP 800-63B-4, account recovery).

What somebody knows (name, employee number, manager, birthday) is no method: it earns nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from pydantic import AwareDatetime

from actions.vocabulary import Frozen


class Assurance(IntEnum):
    """How sure it is: nothing known, one proof, two proofs by different methods, a checked identity."""

    NONE = 0
    ONE = 1
    TWO = 2
    IDENTITY = 3


class Giver(StrEnum):
    """Whose deed the proof is: the person's own, the manager's, or an analyst's."""

    PERSON = "person"
    MANAGER = "manager"
    ANALYST = "analyst"


@dataclass(frozen=True, kw_only=True)
class Method:
    """A way to prove that somebody asks.

    Attributes:
        name: as records, rules and the audit call it.
        title: as an analyst calls it.
        how: what is done, in one sentence an analyst can follow.
        worth: what one such proof is worth alone.
        giver: whose deed it is.
        patience: how long the person has for it, once asked.
        lifetime: how long the proof counts, once given.
        settled: whether it rests on a number or address that must be unchanged for 30 days (safety.md, B5).
    """

    name: str
    title: str
    how: str
    worth: Assurance
    giver: Giver
    patience: timedelta
    lifetime: timedelta
    settled: bool = False


class Given(Frozen):
    """One proof that was given: by which method, and until when it counts."""

    method: str
    given_at: AwareDatetime
    expires_at: AwareDatetime


class Proven(Frozen):
    """What is proven of a person in a ticket now, and by which methods, in order of name."""

    level: Assurance = Assurance.NONE
    methods: tuple[str, ...] = ()


NOTHING: Final = Proven()
"""Nothing is proven."""


def proven(given: Iterable[Given], methods: dict[str, Method], now: datetime) -> Proven:
    """Return what these proofs are worth together; one of an unknown method is worth nothing.

    Two proofs count as two only when their methods differ: the same number called twice is one number.
    """
    alive = {one.method for one in given if one.given_at <= now < one.expires_at and one.method in methods}
    worth = [methods[name].worth for name in alive]
    if not worth:
        return NOTHING
    level = max(*worth, Assurance.TWO if len(alive) > 1 else Assurance.NONE)
    return Proven(level=level, methods=tuple(sorted(alive)))
