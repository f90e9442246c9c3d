"""Finds which entry of a profile changes and to what: title, department, name, number, office, manager."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from triage.domain.request import Source
from triage.resolve.directory import Directory, Person
from triage.resolve.finding import NOTHING, Finding, people_found
from triage.resolve.lexicon import listed
from triage.resolve.others import find_other
from triage.resolve.parts import Part
from triage.resolve.patterns import flat, patterns, spoken
from triage.resolve.profile_names import find_new_name
from triage.resolve.reading import Reading
from triage.resolve.spelling import Token, keys
from triage.resolve.who import Company, quote

_PHONE: Final = re.compile(
    r"\+\d{1,3}(?:[ ()/.-]{1,2}\d{1,4})?(?:[ ()/.-]{1,2}\d{2,})+|\+\d{8,15}|\b0\d{2,4}[ /-]\d[\d -]{4,}\d"
)
_OLD_GAP: Final = 2


@dataclass(frozen=True)
class Entry:
    """One change: Graph's property (or `manager`), the new value, its object id if it has one, the words."""

    attribute: str
    value: str
    id: str = ""
    evidence: str = ""


def find_attribute(entries: Sequence[Entry], reading: Reading) -> Finding:
    """Return the properties that change; where no value is said, the only one the words speak of."""
    if entries:
        return Finding(tuple(one.attribute for one in entries), (), Source.TEXT, _words(entries))
    sentences = flat(reading.text)
    spoken_of = [name for name in _SPOKEN if spoken(patterns("choices", "attribute", name), sentences)]
    return Finding((spoken_of[0],), (), Source.TEXT, spoken_of[0]) if len(spoken_of) == 1 else NOTHING


def find_value(entries: Sequence[Entry]) -> Finding:
    """Return the new values in the order of the properties."""
    if not entries:
        return NOTHING
    ids = tuple(one.id for one in entries if one.id)
    return Finding(tuple(one.value for one in entries), ids, Source.TEXT, _words(entries))


def find_entries(company: Company, directory: Directory, user: Finding) -> tuple[Entry, ...]:
    """Return every change the words ask for, in the order of the text."""
    reading, sentences = company.reading, flat(company.reading.text)
    person = directory.by_id.get(user.ids[0]) if len(user.ids) == 1 else None
    titles = _terms(directory, "job_title")
    inside = {i for first, last, _ in _named(titles, reading.words) for i in range(first, last)}
    found = _term("jobTitle", titles, reading, person.job_title if person else "", frozenset())
    departments = _terms(directory, "department")
    found += _term("department", departments, reading, person.department if person else "", inside)
    speaks = {name for name in _SPOKEN if spoken(patterns("choices", "attribute", name), sentences)}
    manager = _manager(company, person, spoken_of="manager" in speaks and not found)
    if manager is None:
        return ()
    found += manager
    if not found:
        found += _rest(speaks, reading, person, directory)
    return tuple(entry for _, entry in sorted(found, key=lambda one: one[0]))


def _rest(
    speaks: set[str], reading: Reading, person: Person | None, directory: Directory
) -> list[tuple[int, Entry]]:
    """Return a new number, name or office, the first that the words hold."""
    if "mobilePhone" in speaks or not speaks:
        found = _phone(reading)
        if found:
            return found
    for attribute in ("surname", "givenName"):
        if attribute in speaks and (called := find_new_name(attribute, reading, person)):
            at, name = called
            return [(at, Entry(attribute, name, "", name))]
    if "officeLocation" in speaks:
        present = person.office if person else ""
        return _term("officeLocation", _terms(directory, "office"), reading, present, frozenset())
    return []


def find_term(field: str, reading: Reading, directory: Directory) -> Finding:
    """Return the job title or department of somebody new: the only known one that the words name."""
    hits = list(_named(_terms(directory, field), reading.words))
    values = dict.fromkeys(value for _, _, value in hits)
    if len(values) != 1:
        return Finding(candidates=tuple(values)) if values else NOTHING
    first, last, value = hits[0]
    return Finding((value,), (), Source.TEXT, reading.quote(*_span(first, last, reading)))


_SPOKEN: Final = (
    "surname",
    "givenName",
    "jobTitle",
    "department",
    "manager",
    "mobilePhone",
    "officeLocation",
)


@lru_cache(maxsize=8)
def _terms(directory: Directory, field: str) -> dict[tuple[str, ...], str]:
    """Return what the tenant's people have in a field, by folded words; snapshots compare by identity."""
    values = {str(getattr(person, field)) for person in directory.people} - {""}
    return {keys(value): value for value in values}


def _term(
    attribute: str,
    terms: dict[tuple[str, ...], str],
    reading: Reading,
    current: str,
    inside: Collection[int],
) -> list[tuple[int, Entry]]:
    """Return the new title, department or office: a known one, not the present one and not called the old.

    Words `inside` (indices) belong to something else: "Head of Marketing" names no department.
    """
    named = list(_named(terms, reading.words))
    careless = reading.text == reading.text.lower()
    named = [hit for hit in named if careless or reading.words[hit[0]].capital]
    old = set(_still(reading, [first for first, _, _ in named]))
    hits = [
        (first, Entry(attribute, value, "", reading.quote(*_span(first, last, reading))))
        for first, last, value in named
        if (value != current or _cued("towards", first, reading))
        and not {first} & {*inside, *old}
        and not _cued("old", first, reading)
    ]
    towards = [hit for hit in hits if _cued("towards", hit[0], reading)]
    hits = [hit for hit in hits if not _cued("away", hit[0], reading)] if towards else hits
    values = {entry.value for _, entry in hits}
    return (towards or hits)[:1] if len(values) == 1 or len({one.value for _, one in towards}) == 1 else []


def _still(reading: Reading, places: Sequence[int]) -> Iterator[int]:
    """Yield the first of the places (word indices) behind each `still` in its sentence: it says the old."""
    for first, last in listed("profile", "still").among(reading.words):
        behind = [at for at in places if last <= at and at in reading.sentence(first)]
        if behind and not _cued("towards", behind[0], reading):
            yield behind[0]


def _cued(name: str, at: int, reading: Reading) -> bool:
    cue = listed("profile", name)
    return any(cue.ends_at(reading.words, at - gap) for gap in range(_OLD_GAP) if at > gap)


def _named(terms: dict[tuple[str, ...], str], words: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    longest, at = max((len(term) for term in terms), default=0), 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            value = terms.get(tuple(word.key for word in words[at : at + length]))
            if value is not None:
                yield at, at + length, value
                at += length
                break
        else:
            at += 1


def _span(first: int, last: int, reading: Reading) -> tuple[int, int]:
    return reading.words[first].start, reading.words[last - 1].end


def _manager(company: Company, person: Person | None, *, spoken_of: bool) -> list[tuple[int, Entry]] | None:
    """Return the new manager: called so, or the only one in question who is not the present one.

    Who is called so may be the present one, if a form lists what holds. Where nobody says whose entry it is,
    a signature tells no manager. `None` when several may be meant: then the rest of the change is unsafe.
    """
    taken = {person.id} if person else set()
    if person is None and company.reading.caller is not None:
        taken.add(company.reading.caller.id)
    places = {
        mention.first: one.id
        for part in company.parts
        for one in part.referent.people
        for mention in part.referent.mentions
    }
    taken |= {places[at] for at in _still(company.reading, [at for at in places if places[at] not in taken])}
    found = find_other("manager", company, frozenset(taken))
    if found.candidates:
        return None
    if found == NOTHING and spoken_of and person is not None:
        apart = {*taken, person.manager_id if person else ""}
        rest = [
            part for part in company.others if part.referent.person and part.referent.person.id not in apart
        ]
        found = _only(rest, company) if len(rest) == 1 else NOTHING
    if len(found.ids) != 1:
        return []
    return [(len(company.reading.words), Entry("manager", found.values[0], found.ids[0], found.evidence))]


def _only(parts: Sequence[Part], company: Company) -> Finding:
    person = parts[0].referent.person
    return (
        people_found((person,), Source.TEXT, quote(parts[0].referent, company.reading)) if person else NOTHING
    )


def _phone(reading: Reading) -> list[tuple[int, Entry]]:
    numbers = list(_PHONE.finditer(reading.text))
    if len({found.group() for found in numbers}) != 1:
        return []
    return [(0, Entry("mobilePhone", numbers[0].group(), "", numbers[0].group()))]


def _words(entries: Sequence[Entry]) -> str:
    return "; ".join(one.evidence for one in entries)
