"""Decides for whom it is asked: somebody the words name, somebody they only hint at, or the caller."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from triage.domain.request import Source
from triage.resolve.directory import Directory, Person
from triage.resolve.finding import NOTHING, Finding, people_found, unclear
from triage.resolve.lexicon import listed
from triage.resolve.parts import Part, weigh
from triage.resolve.reading import Reading
from triage.resolve.referents import Referent, find_referents

_CLEAR: Final = 2
"""By how much the first must lead the second."""
_JOIN: Final = re.compile(
    r"\s*(?:,|/|\+|&|\band\b|\bund\b|\bet\b|\ben\b|\by\b|\bi\b|\be\b|\boraz\b|\bsowie\b)\s*"
)


@dataclass(frozen=True)
class Company:
    """The people of a ticket, weighed once for all parameters."""

    reading: Reading
    parts: tuple[Part, ...]

    @property
    def others(self) -> tuple[Part, ...]:
        """Everybody but the caller."""
        caller = self.reading.caller
        return tuple(part for part in self.parts if caller is None or part.referent.person != caller)


def company_of(reading: Reading, directory: Directory) -> Company:
    """Find and weigh everybody a ticket speaks of."""
    return Company(reading, tuple(weigh(one, reading) for one in find_referents(reading, directory)))


def affected(company: Company, *, several: bool, fallback: bool) -> Finding:
    """Return the person a request is for.

    Somebody named wins over the caller, unless all who are named only agree, sign or serve as a pattern. With
    `fallback` the caller is meant when nobody else is, not even as "a colleague of mine".
    """
    wanted = [part for part in company.others if part.score > 0]
    if wanted:
        return _choose(company, wanted, several=several)
    if not fallback or hints_at_somebody(company.reading) or _unknown(company):
        return NOTHING
    caller = company.reading.caller
    return people_found((caller,), Source.CALLER, "caller") if caller else NOTHING


def _choose(company: Company, wanted: Sequence[Part], *, several: bool) -> Finding:
    ranked = sorted(wanted, key=lambda part: -part.score)
    first = ranked[0]
    together = _listed_with(first, ranked[1:], company.reading)
    if together and several:
        return _people([first, *together], company.reading)
    rivals = [part for part in ranked[1:] if part.score > first.score - _CLEAR]
    if rivals:
        return unclear([person for part in (first, *rivals) for person in part.referent.people])
    if first.referent.person is None:
        return unclear(first.referent.people)
    return _people([first], company.reading)


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


def _listed_with(first: Part, others: Sequence[Part], reading: Reading) -> list[Part]:
    """Return those who stand in one enumeration with `first` (`A, B and C`)."""
    chain, found = {id(first)}, []
    for _ in others:
        for part in others:
            if id(part) not in chain and any(
                _neighbours(part, member, reading) for member in (first, *found)
            ):
                chain.add(id(part))
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


def hints_at_somebody(reading: Reading) -> bool:
    """Say whether somebody is meant who is not named ("one of my drivers has forgotten ...")."""
    return next(listed("people", "unnamed").among(reading.words), None) is not None


def _unknown(company: Company) -> bool:
    return any(not part.referent.people for part in company.parts)
