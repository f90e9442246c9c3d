"""Decides for whom it is asked: somebody the words name, somebody they only hint at, or the caller."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from triage.domain.request import Source
from triage.resolve.directory import Directory, Person
from triage.resolve.finding import NOTHING, Finding, people_found, unclear
from triage.resolve.lexicon import read
from triage.resolve.lists import caller_is_listed, listed_with
from triage.resolve.marks import kind_of
from triage.resolve.parts import Part, caller_marks, nobody_marks, part_of
from triage.resolve.reading import Reading
from triage.resolve.referents import Referent, find_referents
from triage.resolve.what import Hit

_CLEAR: Final = 0.88
"""Share of belief the first must have, else people are asked; tests/benchmarks/weigh_parts.py measures it."""
_THINKABLE: Final = 0.05
_SOMEBODY: Final = frozenset({"unnamed one of several", "unnamed in need"})
"""Marks that somebody else is in need: then it is not the caller, unless they speak of an own need too."""
_FLAVOURED: Final = frozenset({"leaving", "joining", "aside", "owns", "at"})
"""Marks that mean another thing when something is given, taken away or looked after."""
_LABELLED: Final = frozenset({"caller", "contact", "named", "terse"})
"""Marks that mean another thing for every label: people seldom ask for their own farewell."""


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
        label: what is asked for.
        flavour: what the label does to the person: `give`, `take` or `care`.
    """

    name: str
    label: str
    flavour: str


@dataclass(frozen=True)
class _Choice:
    """One who may be meant: somebody of the text, the caller (no part, but people) or nobody (no people).

    `weight` is the score of the marks at first, and the share of belief in the end.
    """

    people: tuple[Person, ...]
    part: Part | None
    weight: float


def company_of(reading: Reading, directory: Directory, things: Sequence[Hit]) -> Company:
    """Find everybody a ticket speaks of; `things` are the places that name what is asked for."""
    named = frozenset(index for hit in things for index in range(hit.first, hit.last))
    found = tuple(part_of(one, reading, things) for one in find_referents(reading, directory, named))
    others = Company(reading, found).others
    if len(others) < 2:
        return Company(reading, found)
    ends = {id(others[0]): "named first", id(others[-1]): "named last"}
    parts = (replace(one, marks=one.marks | {ends[id(one)]}) if id(one) in ends else one for one in found)
    return Company(reading, tuple(parts))


def find_role(company: Company, role: Role, *, several: bool, fallback: bool) -> Finding:
    """Return the person who plays a role in the request.

    Everybody the words name, the caller (with `fallback`) and "somebody not named" compete by their marks.
    What is not clear is left to people: several candidates are ambiguous, none is missing.

    Args:
        company: the people of the ticket.
        role: which role, in what kind of request.
        several: whether the label makes sense for more than one person.
        fallback: whether the caller may be meant.
    """
    scored = _scored(company, role, fallback=fallback, several=several)
    shares = _shares([choice.weight for choice in scored])
    beliefs = [replace(choice, weight=share) for choice, share in zip(scored, shares, strict=True)]
    return _decided(beliefs, company, several=several)


def find_pair(company: Company, owner: Role, trustee: Role, *, several: bool) -> tuple[Finding, Finding]:
    """Return whose something is and who gets into it: every pair of different people competes."""
    owners = _scored(company, owner, fallback=True, several=False)
    trustees = _scored(company, trustee, fallback=True, several=several)
    pairs = [(one, two) for one in owners for two in trustees if not set(one.people) & set(two.people)]
    shares = _shares([one.weight + two.weight for one, two in pairs])
    return (
        _decided(_summed([one for one, _ in pairs], shares), company, several=False),
        _decided(_summed([two for _, two in pairs], shares), company, several=several),
    )


def _decided(choices: Sequence[_Choice], company: Company, *, several: bool) -> Finding:
    """Return the choice that is clear, or what there is to choose from."""
    first = max(choices, key=lambda choice: choice.weight)
    if first.weight < _CLEAR:
        thinkable = [one for choice in choices if choice.weight > _THINKABLE for one in choice.people]
        return unclear(thinkable) if len(set(thinkable)) > 1 else NOTHING
    if not first.people:
        return NOTHING
    if first.part is None:
        return people_found(first.people, Source.CALLER, "caller")
    together = listed_with(first.part, company.others, company.reading) if several else []
    return _people([first.part, *together], company.reading, several=several)


def _scored(company: Company, role: Role, *, fallback: bool, several: bool) -> list[_Choice]:
    """Return all who may be meant with the score of their marks; a list (with `several`) is one choice."""
    reading, others = company.reading, company.others
    scored = [_Choice(part.referent.people, part, weigh(part.marks, role)) for part in others]
    if several:
        scored = _leaders(scored, company)
    marks, nobody = caller_marks(reading, company.parts), nobody_marks(reading, company.parts)
    if fallback and reading.caller is not None and not (_SOMEBODY & nobody and "own need 2" not in marks):
        scored.append(_Choice((reading.caller,), None, weigh(marks, role)))
    return [*scored, _Choice((), None, weigh(nobody, role))]


def _leaders(scored: Sequence[_Choice], company: Company) -> list[_Choice]:
    """Return one choice a list of people, with the score of the one who has the most to say for them."""
    found: list[_Choice] = []
    seen: set[int] = set()
    for choice in sorted(scored, key=lambda choice: -choice.weight):
        if choice.part is None or id(choice.part) in seen:
            continue
        together = listed_with(choice.part, company.others, company.reading)
        seen |= {id(part) for part in (choice.part, *together)}
        people = (*choice.people, *(one for part in together for one in part.referent.people))
        found.append(replace(choice, people=people))
    return found


def _shares(scores: Sequence[float]) -> list[float]:
    """Return the shares of belief, 0..1 and 1 in sum, that scores in log-odds stand for."""
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def _summed(choices: Sequence[_Choice], shares: Sequence[float]) -> list[_Choice]:
    """Return each different choice with the sum of its shares."""
    sums: dict[tuple[Person, ...], _Choice] = {}
    for choice, share in zip(choices, shares, strict=True):
        before = sums.get(choice.people)
        sums[choice.people] = replace(choice, weight=share + (before.weight if before else 0.0))
    return list(sums.values())


def weigh(marks: Iterable[str], role: Role) -> float:
    """Return the sum of the weights of some marks."""
    weights = _weights(role.name)
    return sum(weights.get(name, 0.0) for mark in marks for name in names_of_mark(mark, role))


def names_of_mark(mark: str, role: Role) -> tuple[str, ...]:
    """Return the names under which a mark is weighed: for itself, for what the label does, for the label."""
    kind = mark.split(maxsplit=1)[0]
    if kind in _FLAVOURED:
        return (f"{mark} {role.flavour}",)
    if kind in _LABELLED:
        return mark, f"{mark} / {role.label}"
    return mark, f"{mark} {role.flavour}"


@cache
def _weights(role: str) -> dict[str, float]:
    return {name: float(weight) for name, weight in read("weights")[role].items()}


def _people(parts: Sequence[Part], reading: Reading, *, several: bool) -> Finding:
    people: list[Person] = []
    for part in sorted(parts, key=lambda part: part.referent.mentions[0].first):
        if part.referent.person is None:
            candidates = [person for one in parts for person in one.referent.people]
            return unclear(candidates) if all(one.referent.people for one in parts) else NOTHING
        people.append(part.referent.person)
    source = Source.FIELD if all(_in_field(part, reading) for part in parts) else Source.TEXT
    evidence = [quote(part.referent, reading) for part in parts]
    if several and reading.caller is not None and caller_is_listed(parts, reading):
        people.append(reading.caller)
        evidence.append("caller")
    return people_found(people, source, "; ".join(evidence))


def _in_field(part: Part, reading: Reading) -> bool:
    """Say whether the form itself names somebody as the one it is for."""
    starts = {reading.words[mention.first].start for mention in part.referent.mentions}
    return any(kind_of(field) == "user" and field.start in starts for field in reading.fields)


def quote(referent: Referent, reading: Reading) -> str:
    """Return the words by which somebody is named the surest."""
    best = min(referent.mentions, key=lambda mention: (mention.form, mention.first))
    return reading.quote(reading.words[best.first].start, reading.words[best.last - 1].end)
