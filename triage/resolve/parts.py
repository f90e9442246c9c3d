"""Gathers, for each person of a ticket, the caller and nobody, the marks that speak for or against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from triage.resolve.directory import Person
from triage.resolve.lexicon import Phrases, listed
from triage.resolve.marks import kind_of, marks_of
from triage.resolve.people import Form
from triage.resolve.reading import Reading
from triage.resolve.referents import Referent, near
from triage.resolve.what import Hit


@dataclass(frozen=True)
class Part:
    """A person of the ticket with the marks (keys of `data/weights.yaml`) that speak for or against them."""

    referent: Referent
    marks: frozenset[str]


_NEEDS: Final = frozenset({"beneficiary before", "beneficiary behind"})
_AGREES: Final = frozenset({"approver before", "approver behind", "form approver"})


def part_of(referent: Referent, reading: Reading, things: Sequence[Hit]) -> Part:
    """Collect the marks of somebody who is not the caller."""
    marks = {mark for mention in referent.mentions for mark in marks_of(mention, reading, things)}
    if len(referent.mentions) > 1:
        marks.add("repeated")
    if referent.form <= Form.ACCOUNT:
        marks.add("by account")
    elif referent.form is Form.ROLE:
        marks.add("by role in need" if marks & _NEEDS and not marks & _AGREES else "by role")
    elif referent.form >= Form.SURNAME:
        marks |= {"short name", *_far(referent.person, reading.caller)}
    if not referent.people:
        marks.add("unknown")
    return Part(referent, frozenset(marks | _ties(referent.person, reading.caller)))


def _far(person: Person | None, caller: Person | None) -> set[str]:
    """Say of somebody named shortly whether the caller works with them: colleagues have first names."""
    if person is None or caller is None or near(person, caller, wide=False):
        return set()
    return {"short name far"}


def _ties(person: Person | None, caller: Person | None) -> set[str]:
    """Return what the person is to the caller: the boss agrees, a report is cared for."""
    if person is None or caller is None:
        return set()
    ties = {
        "chief of caller": person.id == caller.manager_id,
        "reports to caller": person.manager_id == caller.id,
    }
    return {tie for tie, true in ties.items() if true}


def caller_marks(reading: Reading, parts: Sequence[Part]) -> frozenset[str]:
    """Collect what speaks for the caller's asking for themselves among all `parts` of the ticket."""
    others = sum(1 for part in parts if part.referent.person != reading.caller)
    own = _count(listed("people", "self"), reading)
    first = _count(listed("people", "first"), reading)
    marks = {"caller", *(f"own need {n}" for n in (1, 2, 3) if own >= n)}
    marks |= {f"first person {n}" for n in (1, 2, 4) if first >= n}
    marks |= {f"says my {kind}" for kind in ("calendar", "mailbox") if says_mine(reading, kind)}
    if len(reading.words) <= _TERSE:
        marks.add("terse")
    marks |= {f"others {min(others, 2)}", f"own {min(own, 2)} of {min(others, 2)} others"}
    if others:
        marks.add("others named")
    elif nobody_marks(reading, parts) == {"nobody"}:
        marks.add("nobody else")
    mine = (mark for part in parts if part.referent.person == reading.caller for mark in part.marks)
    return frozenset(marks | {f"self {mark}" for mark in mine if mark.split(maxsplit=1)[0] in _OF_THE_CALLER})


def says_mine(reading: Reading, kind: str) -> bool:
    """Say whether the sender speaks of their own `calendar` or `mailbox`."""
    words, nouns, mine = reading.words, listed("belongings", kind), listed("belongings", "mine")
    return any(
        mine.ends_at(words, first) or (first > 0 and mine.ends_at(words, first - 1))
        for first, _ in nouns.among(words)
        if words[first].start < reading.form_start
    )


_TERSE: Final = 14
"""With so few words nobody wastes one on themselves."""
_OF_THE_CALLER: Final = frozenset({"beneficiary", "sender", "subject", "form", "by", "alone", "opens"})
"""Marks that tell whether the caller's own name stands as one affected or as a signature."""


def nobody_marks(reading: Reading, parts: Sequence[Part]) -> frozenset[str]:
    """Collect what speaks for somebody being meant who is not named, or whom the directory does not know."""
    third = _count(listed("people", "unnamed", "third"), reading)
    marks = {"nobody", *(f"third person {n}" for n in (1, 3) if third >= n), *_unnamed(reading)}
    if _count(listed("people", "unnamed", "later"), reading):
        marks.add("name to come")
    if any(kind_of(line) == "user" for line in reading.lines):
        marks.add("form names a user")
    if any(part.referent.person is None or part.referent.person != reading.caller for part in parts):
        marks.add("named")
    return frozenset(marks)


def _unnamed(reading: Reading) -> Iterator[str]:
    """Yield how somebody is spoken of without a name: picked out of many, opening a sentence, in trouble."""
    words, picks = reading.words, listed("people", "unnamed", "picks")
    behind = listed("people", "beneficiary", "behind")
    known, one_of = set(_chiefs(reading)), listed("people", "unnamed", "one_of")
    for first, last in listed("people", "unnamed", "nouns").among(words):
        if first in known:
            continue
        picked = any(picks.ends_at(words, first - gap) for gap in range(3) if first - gap > 0)
        where = "in subject" if words[first].end <= reading.subject_end else "in text"
        if picked or first in reading.breaks:
            yield f"unnamed {where}"
            if one_of.ends_at(words, first):
                yield "unnamed one of several"
            if any(behind.length_at(words, at) for at in (last, last + 1) if at < len(words)):
                yield "unnamed in need"


def _chiefs(reading: Reading) -> Iterator[int]:
    """Yield the words (indices) by which the sender speaks of their manager, if the directory knows one."""
    spans = list(listed("people", "chief").among(reading.words))
    if reading.caller is not None and reading.caller.manager_id and spans:
        nouns = {key for phrase in listed("people", "chief").exact for key in phrase[-1:]}
        yield from (at for at, word in enumerate(reading.words) if word.key in nouns)
        yield from (at for first, last in spans for at in range(first, last))


def _count(phrases: Phrases, reading: Reading) -> int:
    return sum(1 for _ in phrases.among(reading.words))
