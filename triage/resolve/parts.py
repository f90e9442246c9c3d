"""Tells which part each person plays: the one it is asked for, who agrees, who signs, who serves as a pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from triage.resolve.lexicon import Phrases, listed
from triage.resolve.people import Mention
from triage.resolve.reading import Reading
from triage.resolve.referents import Referent

WEIGHTS: Final = {"beneficiary": 2, "approver": -3, "model": -3, "contact": -3, "aside": -3, "sender": -3}
_FORM: Final = {"user": 5, "approver": -5, "sender": -5, "other": -5}
_SUBJECT: Final = 1
_TITLES: Final = 3
"""How many words of address may stand between a cue and a name."""


@dataclass(frozen=True)
class Part:
    """A person with the sum of what speaks for them being the one it is asked for, and the cues found."""

    referent: Referent
    score: int
    cues: frozenset[str]


def weigh(referent: Referent, reading: Reading) -> Part:
    """Sum up the cues around every mention of somebody."""
    score, cues = 0, set()
    for mention in referent.mentions:
        found = cues_of(mention, reading)
        cues |= found
        score += sum(WEIGHTS.get(cue, 0) for cue in found) + form_weight(mention, reading)
    if any(reading.words[m.first].end <= reading.subject_end for m in referent.mentions):
        score += _SUBJECT
    return Part(referent, score + 1, frozenset(cues))


def cues_of(mention: Mention, reading: Reading) -> set[str]:
    """Return the kinds of cue (keys of `WEIGHTS`) right before and right behind a mention."""
    start = _before_titles(mention, reading)
    found = set()
    for kind in WEIGHTS:
        before, after = listed("people", kind, "before"), listed("people", kind, "after")
        opening = kind == "sender"
        if _ends(before, reading, start, opening=opening) or _follows(
            after, reading, mention, opening=opening
        ):
            found.add(kind)
    return found


def _before_titles(mention: Mention, reading: Reading) -> int:
    """Return the index of the first word of address (`Frau`, `our colleague`) before a mention."""
    start = mention.first
    for _ in range(_TITLES):
        length = listed("people", "titles").ends_at(reading.words, start)
        if not length or start in reading.breaks:
            break
        start -= length
    return start


def _ends(before: Phrases, reading: Reading, start: int, *, opening: bool) -> bool:
    """Say whether a phrase ends right before `start`; an opening one must begin the line or stand alone on it."""
    for at in {start}:
        length = before.ends_at(reading.words, at)
        if length and not _broken(reading, at - 1, at, allow_line=opening):
            return not opening or at - length in reading.breaks
    return False


def _follows(after: Phrases, reading: Reading, mention: Mention, *, opening: bool) -> bool:
    if opening and mention.first not in reading.breaks:
        return False
    end = mention.last
    if not after.length_at(reading.words, end):
        return False
    return not _broken(reading, end - 1, end, allow_line=False)


def _broken(reading: Reading, left: int, right: int, *, allow_line: bool) -> bool:
    """Say whether a sentence or line ends between two words."""
    between = reading.between(left, right)
    return ("\n" in between and not allow_line) or any(mark in between for mark in ".!?;")


def form_weight(mention: Mention, reading: Reading) -> int:
    """Return what the key of a form line says about the person named in its value."""
    at = reading.words[mention.first].start
    for line in reading.lines:
        if line.start <= at < line.end and at - line.start <= 25:
            words = tuple(line.key.split())
            for kind, weight in _FORM.items():
                if words in listed("forms", kind).exact:
                    return weight
    return 0
