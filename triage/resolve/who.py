"""Decides for whom it is asked: somebody the words name, somebody they only hint at, or the caller."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from triage.domain.request import Source
from triage.resolve.directory import Directory, Person
from triage.resolve.finding import NOTHING, Finding, people_found, unclear
from triage.resolve.lexicon import read
from triage.resolve.parts import Part, caller_marks, nobody_marks, part_of
from triage.resolve.reading import Reading
from triage.resolve.referents import Referent, find_referents
from triage.resolve.what import Hit

_CLEAR: Final = 0.85
"""Share of belief the first must have; below it a person is asked. Measured by tests/benchmarks/weigh_parts.py."""
_THINKABLE: Final = 0.05
_FLAVOURED: Final = frozenset({"leaving", "joining", "aside", "owns", "contact"})
"""Marks that mean another thing when something is given, taken away or looked after."""
_JOIN: Final = re.compile(
    r"\s*(?:,|/|\+|&|\band\b|\bund\b|\bet\b|\ben\b|\by\b|\bi\b|\be\b|\boraz\b|\bsowie\b)\s*"
)


@dataclass(frozen=True)
class Company:
    """The people of a ticket with their marks, gathered once for all parameters."""

    reading: Reading
    parts: tuple[Part, ...]

    @property
    def others(self) -> tuple[Part, ...]:
        """Everybody but the caller."""
        caller = self.reading.caller
        return tuple(part for part in self.parts if caller is None or part.referent.person != caller)


@dataclass(frozen=True)
class Role:
    """A role in a request.

    Attributes:
        name: `affected`, `calendar_owner` or `calendar_trustee`: the weights that count (data/weights.yaml).
        flavour: what the label does to the person: `give`, `take` or `care`.
        without: object ids of those who already play another role.
    """

    name: str
    flavour: str = "care"
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Choice:
    """One who may be meant: a person of the text, the caller (`None`, with people) or nobody (no people)."""

    people: tuple[Person, ...]
    part: Part | None
    belief: float


def company_of(reading: Reading, directory: Directory, things: Sequence[Hit]) -> Company:
    """Find everybody a ticket speaks of; `things` are the places that name what is asked for."""
    found = tuple(part_of(one, reading, things) for one in find_referents(reading, directory))
    others = Company(reading, found).others
    if len(others) < 2:
        return Company(reading, found)
    ends = {id(others[0]): "named first", id(others[-1]): "named last"}
    parts = (replace(one, marks=one.marks | {ends[id(one)]}) if id(one) in ends else one for one in found)
    return Company(reading, tuple(parts))


def find_role(company: Company, role: Role, *, several: bool, fallback: bool) -> Finding:
    """Return the person who plays a role in the request.

    Everybody the words name, the caller (with `fallback`) and "somebody not named" compete by their marks. What
    is not clear is left to people: several candidates are ambiguous, none is missing.

    Args:
        company: the people of the ticket.
        role: which role, in what kind of request.
        several: whether the label makes sense for more than one person.
        fallback: whether the caller may be meant.
    """
    choices = _believed(company, role, fallback=fallback)
    first = choices[0]
    if first.belief < _CLEAR:
        thinkable = [one for choice in choices if choice.belief > _THINKABLE for one in choice.people]
        return unclear(thinkable) if len(set(thinkable)) > 1 else NOTHING
    if not first.people:
        return NOTHING
    if first.part is None:
        return people_found(first.people, Source.CALLER, "caller")
    together = [part for part in listed_with(first.part, company) if _may(part, role)]
    if together and several:
        return _people([first.part, *together], company.reading)
    return _people([first.part], company.reading)


def _may(part: Part, role: Role) -> bool:
    person = part.referent.person
    return person is None or person.id not in role.without


def _believed(company: Company, role: Role, *, fallback: bool) -> list[_Choice]:
    """Return all who may be meant with the share of belief in each, the first most likely."""
    reading, others = company.reading, company.others
    named: list[tuple[tuple[Person, ...], Part | None, float]] = [
        (part.referent.people, part, weigh(part.marks, role)) for part in others if _may(part, role)
    ]
    caller = reading.caller
    if fallback and caller is not None and caller.id not in role.without:
        named.append(((caller,), None, weigh(caller_marks(reading, len(others)), role)))
    named.append(((), None, weigh(nobody_marks(reading, len(others)), role)))
    top = max(score for _, _, score in named)
    powers = [math.exp(score - top) for _, _, score in named]
    choices = [
        _Choice(people, part, power / sum(powers))
        for (people, part, _), power in zip(named, powers, strict=True)
    ]
    return sorted(choices, key=lambda choice: -choice.belief)


def weigh(marks: Iterable[str], role: Role) -> float:
    """Return the sum of the weights of some marks."""
    weights = _weights(role.name)
    return sum(weights.get(name, 0.0) for name in (flavoured(mark, role.flavour) for mark in marks))


def flavoured(mark: str, flavour: str) -> str:
    """Return the name under which a mark is weighed for a label of this flavour."""
    return f"{mark} {flavour}" if mark.split()[0] in _FLAVOURED else mark


@cache
def _weights(role: str) -> dict[str, float]:
    return {name: float(weight) for name, weight in read("weights")[role].items()}


def _people(parts: Sequence[Part], reading: Reading) -> Finding:
    people: list[Person] = []
    for part in sorted(parts, key=lambda part: part.referent.mentions[0].first):
        if part.referent.person is None:
            return unclear([person for one in parts for person in one.referent.people])
        people.append(part.referent.person)
    return people_found(people, Source.TEXT, "; ".join(quote(part.referent, reading) for part in parts))


def quote(referent: Referent, reading: Reading) -> str:
    """Return the words by which somebody is named the surest."""
    best = min(referent.mentions, key=lambda mention: (mention.form, mention.first))
    return reading.quote(reading.words[best.first].start, reading.words[best.last - 1].end)


def listed_with(first: Part, company: Company) -> list[Part]:
    """Return those who stand in one enumeration with `first` (`A, B and C`)."""
    found: list[Part] = []
    rest = [part for part in company.others if part is not first]
    for _ in rest:
        for part in rest:
            if part not in found and any(
                _neighbours(part, member, company.reading) for member in (first, *found)
            ):
                found.append(part)
    return found


def _neighbours(one: Part, two: Part, reading: Reading) -> bool:
    for a in one.referent.mentions:
        for b in two.referent.mentions:
            left, right = (a, b) if a.first < b.first else (b, a)
            between = reading.text[reading.words[left.last - 1].end : reading.words[right.first].start]
            if _JOIN.fullmatch(between):
                return True
    return False
