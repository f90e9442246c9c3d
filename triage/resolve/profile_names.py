"""Finds the new name of somebody: the capitalised words behind "now called", "new surname:" and the like."""

from __future__ import annotations

from typing import Final

from triage.resolve.directory import Person
from triage.resolve.lexicon import listed
from triage.resolve.reading import Reading
from triage.resolve.spelling import keys
from triage.resolve.when import find_days

_GAP: Final = 3
"""A new name stands less than so many words behind its cue; a date between them does not count."""


def find_new_name(attribute: str, reading: Reading, person: Person | None) -> tuple[int, str] | None:
    """Return where the new `surname` or `givenName` stands and what it is, if there is only one."""
    known = {*keys(person.given), *keys(person.surname)} if person else set()
    dates = _dates(reading)
    found: dict[str, int] = {}
    for at, word in enumerate(reading.words):
        plain = listed("profile", "no_name").length_at(reading.words, at) or word.key in known
        if (
            word.capital
            and not plain
            and at not in dates
            and _said(attribute, at, reading, dates, frozenset(found.values()))
        ):
            found.setdefault(_whole(at, reading), at)
    if len(found) != 1:
        return None
    name, at = next(iter(found.items()))
    return at, name


def _dates(reading: Reading) -> frozenset[int]:
    days = find_days(reading)
    inside = (i for i, word in enumerate(reading.words) for day in days if day.start <= word.start < day.end)
    return frozenset(inside)


def _said(attribute: str, at: int, reading: Reading, dates: frozenset[int], names: frozenset[int]) -> bool:
    """Say whether a cue stands shortly before a word, no other name between, or `now` right behind it."""
    cue, since = listed("profile", attribute), listed("profile", "since")
    place, gap = at, 0
    while place > 0 and gap < _GAP:
        if cue.ends_at(reading.words, place) and place not in reading.breaks:
            return True
        if place in reading.breaks or place - 1 in names:
            break
        place -= 1
        skipped = since.ends_at(reading.words, place + 1) if place + 1 <= len(reading.words) else 0
        if place not in dates:
            gap += 0 if skipped else 1
    return bool(listed("profile", "now").length_at(reading.words, at + 1))


def _whole(at: int, reading: Reading) -> str:
    """Return a name with the parts that belong to it (`da Cunha`, `Müller-Lüdenscheidt`)."""
    last = at + 1
    while (
        last < len(reading.words)
        and reading.words[last].capital
        and reading.between(last - 1, last) in {" ", "-", "'", "’"}
    ):
        last += 1
    return reading.quote(reading.words[at].start, reading.words[last - 1].end)
