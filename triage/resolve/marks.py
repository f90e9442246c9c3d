"""What the words around one mention of a person say of their part: marks, weighed by `data/weights.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from triage.resolve.lexicon import Phrases, listed
from triage.resolve.people import Mention
from triage.resolve.reading import FormLine, Reading
from triage.resolve.what import Hit

CUES: Final = (
    *(
        "beneficiary",
        "approver",
        "model",
        "contact",
        "aside",
        "sender",
        "leaving",
        "joining",
        "looking",
        "looked_at",
    ),
)
_FURTHER: Final = ("manager", "delegate", "sponsor")
"""Parts a person may have beside the one asked for; their cues are in data/others.yaml."""
_ARROW: Final = re.compile(r"(?:[-=]+>|→|⇒|»|>>)")
_TITLES: Final = 3
"""How many words of address may stand between a cue and a name."""
_LINE_START: Final = 25
"""A name counts as the value of a form line if it stands within so many characters of its start."""
_REACH: Final = 3
"""How many words may stand between a cue and a name for the cue to count at all."""
_BESIDE: Final = 2
"""How many words away a calendar or mailbox still stands beside a name."""
_OWN: Final = 4
"""How many words may stand between a name and the thing that is theirs."""


def marks_of(mention: Mention, reading: Reading, things: Sequence[Hit]) -> Iterator[str]:
    """Yield the marks of one mention; `things` are the places that name what is asked for."""
    start = before_titles(mention, reading)
    for cue in CUES:
        yield from _cued(cue, mention, start, reading)
    for part in _FURTHER:
        if _ends(listed("others", part, "before"), reading, start, opening=False):
            yield f"{part} before"
        if _follows(listed("others", part, "behind"), reading, mention, opening=False):
            yield f"{part} behind"
    yield from _words(mention, start, reading)
    yield from _place(mention, start, reading)
    yield from _belongings(mention, reading)
    sentence = reading.sentence(mention.first)
    if any(hit.first in sentence for hit in things):
        yield "beside the thing"
    if any(listed("people", "asking").length_at(reading.words, at) for at in sentence):
        yield "in the asking"


def _cued(cue: str, mention: Mention, start: int, reading: Reading) -> Iterator[str]:
    """Yield whether the words of one cue stand right before or behind a mention, or near it."""
    before, behind = listed("people", cue, "before"), listed("people", cue, "behind")
    opening = cue == "sender"
    if _ends(before, reading, start, opening=opening):
        yield f"{cue} before"
    elif not opening and any(before.ends_at(reading.words, at) for at in _reach(start, -1, reading)):
        yield f"{cue} near before"
    if _follows(behind, reading, mention, opening=opening):
        yield f"{cue} behind"
    elif not opening and any(behind.length_at(reading.words, at) for at in _reach(mention.last, 1, reading)):
        yield f"{cue} near behind"


def _words(mention: Mention, start: int, reading: Reading) -> Iterator[str]:
    """Yield the words next to a mention on its line, and arrows: `Anna -> Tom` hands from left to right.

    Words that say too little have no weight.
    """
    words, last = reading.words, mention.last
    if start > 0 and "\n" not in reading.between(start - 1, start):
        yield f"word before {words[start - 1].key}"
        if start > 1:
            yield f"pair before {words[start - 2].key} {words[start - 1].key}"
    if last < len(words) and "\n" not in reading.between(last - 1, last):
        yield f"word behind {words[last].key}"
        if last + 1 < len(words):
            yield f"pair behind {words[last].key} {words[last + 1].key}"
    if _ARROW.search(reading.between(start - 1, start)):
        yield "arrow before"
    if _ARROW.search(reading.between(last - 1, last)):
        yield "arrow behind"


def _reach(at: int, step: int, reading: Reading) -> Iterator[int]:
    """Yield the next words (indices) on the way from a mention, up to the end of the sentence or line."""
    for gap in range(_REACH):
        left = at + gap * step if step > 0 else at - gap - 1
        if not 0 <= left < len(reading.words) - 1 or _broken(reading, left, left + 1, allow_line=False):
            return
        yield left + 1 if step > 0 else left


def _place(mention: Mention, start: int, reading: Reading) -> Iterator[str]:
    """Yield where the mention stands: subject, form line, start of a sentence, a line of its own."""
    if reading.words[mention.last - 1].end <= reading.subject_end:
        yield "subject"
    line = line_of(mention, reading)
    if line is not None:
        yield f"form {kind_of(line)}"
        if tuple(line.key.split()) in listed("forms", "calendar").exact:
            yield "form calendar"
    elif start in reading.breaks:
        yield "opens sentence"
    if start < mention.first:
        yield "addressed"
    before = reading.between(mention.first - 1, mention.first)
    behind = reading.between(mention.last - 1, mention.last)
    if "\n" in before and ("\n" in behind or mention.last == len(reading.words)):
        yield "alone on line"


def _belongings(mention: Mention, reading: Reading) -> Iterator[str]:
    """Yield whether a mailbox or calendar is said to be theirs (`Anna's calendar`, `Kalender von Anna`)."""
    for kind in ("mailbox", "calendar"):
        nouns = listed("belongings", kind)
        path = reading.between(mention.last - 1, mention.last).startswith(":\\")
        if owns(mention, reading, nouns) or (path and nouns.length_at(reading.words, mention.last)):
            yield f"owns {kind}"
        elif any(nouns.length_at(reading.words, at) for at in _around(mention, reading)):
            yield f"at {kind}"


def _around(mention: Mention, reading: Reading) -> Iterator[int]:
    """Yield the words (indices) close to a mention in its sentence."""
    sentence = reading.sentence(mention.first)
    near = (*range(mention.first - _BESIDE, mention.first), *range(mention.last, mention.last + _BESIDE))
    yield from (at for at in near if at in sentence)


def owns(mention: Mention, reading: Reading, nouns: Phrases) -> bool:
    """Say whether one of the nouns is theirs by a genitive or a preposition."""
    words, of = reading.words, listed("belongings", "of")
    behind = mention.last
    genitive = (
        behind < len(words) and words[behind].key == "s" and reading.between(behind - 1, behind) in {"'", "’"}
    )
    genitive = genitive or words[behind - 1].key.endswith("s")
    at = behind + (1 if behind < len(words) and words[behind].key == "s" else 0)
    if genitive and any(nouns.length_at(words, at + gap) for gap in range(2)):
        return not _broken(reading, behind - 1, min(at, len(words)), allow_line=False)
    start = before_titles(mention, reading)
    length = of.ends_at(words, start)
    if not length:
        return False
    return any(nouns.ends_at(words, start - length - gap) for gap in range(_OWN))


def before_titles(mention: Mention, reading: Reading) -> int:
    """Return the index of the first word of address (`Frau`, `our colleague`) before a mention."""
    start = mention.first
    for _ in range(_TITLES):
        length = listed("people", "titles").ends_at(reading.words, start)
        if not length or start in reading.breaks:
            break
        start -= length
    return start


def _ends(before: Phrases, reading: Reading, start: int, *, opening: bool) -> bool:
    """Say whether a phrase ends right before `start`; an opening one must begin a line or sentence."""
    length = before.ends_at(reading.words, start)
    if not length or _broken(reading, start - 1, start, allow_line=opening):
        return False
    return not opening or start - length in reading.breaks


def _follows(behind: Phrases, reading: Reading, mention: Mention, *, opening: bool) -> bool:
    if opening and mention.first not in reading.breaks:
        return False
    if not behind.length_at(reading.words, mention.last):
        return False
    return not _broken(reading, mention.last - 1, mention.last, allow_line=False)


def _broken(reading: Reading, left: int, right: int, *, allow_line: bool) -> bool:
    """Say whether a sentence or line ends between two words."""
    between = reading.between(left, right)
    return ("\n" in between and not allow_line) or any(mark in between for mark in ".!?;")


def line_of(mention: Mention, reading: Reading) -> FormLine | None:
    """Return the form line whose value begins with this mention."""
    at = reading.words[mention.first].start
    return next(
        (line for line in reading.lines if line.start <= at < min(line.end, line.start + _LINE_START)), None
    )


def kind_of(line: FormLine) -> str:
    """Return what a form line's key says of the person in its value: user, approver, sender, other, some."""
    if line.key.startswith("quoted "):
        return line.key
    words = tuple(line.key.split())
    kinds = ("user", "approver", "sender", "other")
    return next((kind for kind in kinds if words in listed("forms", kind).exact), "some")
