"""Tells who is listed together (`A, B and C`, `A and me`): they get it together or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from triage.resolve.lexicon import listed, read
from triage.resolve.parts import Part
from triage.resolve.people import Mention
from triage.resolve.reading import Reading

_APART: Final = frozenset({"approver", "model", "aside", "sender", "contact", "leaving"})
"""Marks of people who have another part, whatever stands between them and the next name."""
_ACCOUNT: Final = r"(?:\s*[(\[][^()\[\]\n]{1,60}[)\]])?"
"""What may follow a name before the list goes on: an account or department in brackets."""
_SIGN: Final = r"[,/+&;]|\n\s*(?:[-*•]|\d{1,2}[.)])"


def listed_with(first: Part, parts: Sequence[Part], reading: Reading) -> list[Part]:
    """Return those of `parts` that stand in one enumeration with `first`, without it."""
    found = [first]
    for member in found:
        found += [part for part in parts if part not in found and _neighbours(part, member, reading)]
    return found[1:]


def caller_is_listed(parts: Iterable[Part], reading: Reading) -> bool:
    """Say whether the sender counts themselves in (`Anna and me`, `ich und Anna`)."""
    me = listed("lists", "me")
    for mention in (one for part in parts for one in part.referent.mentions):
        before, behind = mention.first, mention.last
        for gap in range(1, 3):
            follows = me.length_at(reading.words, behind + gap) if behind + gap < len(reading.words) else 0
            if follows and _joined(behind, behind + gap, reading, words_only=True):
                return True
            at = before - gap
            if at > 0 and me.ends_at(reading.words, at) and _joined(at, before, reading, words_only=True):
                return True
    return False


def _neighbours(one: Part, two: Part, reading: Reading) -> bool:
    if _apart(one) or _apart(two):
        return False
    for a in one.referent.mentions:
        for b in two.referent.mentions:
            left, right = (a, b) if a.first < b.first else (b, a)
            if _joined(left.last, right.first, reading) and not _greeted(left, reading):
                return True
    return False


def _apart(part: Part) -> bool:
    return any(mark.split(maxsplit=1)[0] in _APART for mark in part.marks)


def _greeted(mention: Mention, reading: Reading) -> bool:
    return bool(listed("people", "greetings").ends_at(reading.words, mention.first))


def _joined(left: int, right: int, reading: Reading, *, words_only: bool = False) -> bool:
    """Say whether nothing but an enumeration's sign stands between the words `left - 1` and `right`."""
    between = reading.text[reading.words[left - 1].end : reading.words[right].start]
    return bool(_pattern(words_only=words_only).fullmatch(between))


@cache
def _pattern(*, words_only: bool) -> re.Pattern[str]:
    joins, fillers = (
        "|".join(re.escape(str(one)).replace(r"\ ", r"\s") for one in read("lists")[name])
        for name in ("joins", "fillers")
    )
    words = rf"(?:\s*,)?\s+(?:{joins})\s+"
    sign = words if words_only else rf"{words}|\s*(?:{_SIGN})\s*(?:(?:{joins})\s+)?"
    return re.compile(rf"{_ACCOUNT}(?:{sign})(?:(?:{fillers})\.?\s+){{0,2}}", re.IGNORECASE)
