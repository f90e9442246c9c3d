"""Makes the words of a ticket ready for patterns: boxes not ticked, heads of mail, slips, "from A to B"."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from triage.resolve.lexicon import read
from triage.resolve.patterns import flat
from triage.resolve.spelling import keys

_BOX_FIRST: Final = re.compile(r"(?:^|:)\s*\[\s?\w?\s?\]")
_UNTICKED_FIRST: Final = re.compile(r"\[\s?\](?: [\w/&+-]+){1,3}")
_UNTICKED_LAST: Final = re.compile(r"(?:[\w/&+-]+ ){0,3}[\w/&+-]+\s?\[\s?\]")
_HEAD: Final = re.compile(r"^quoted (?:sender|recipient|subject): [^\n]*$", re.MULTILINE)
_LEADERS: Final = re.compile(
    r"\s*\.{4,}\s*|\s\.{3}\s(?=(?:yes|no|ja|nein|oui|non|nee|si|tak|nie|sim)\b)", re.IGNORECASE
)
"""The dots between what a form asks and the answer."""
_DOUBLED: Final = re.compile(r"(.)\1")
_LONG: Final = 6
"""Letters from which a word may lack one or have one too many; shorter ones have two swapped or doubled."""
_TO: Final = "(?:to|into|auf|zu|a|naar|na|para|en|in)"
_FROM: Final = "(?:from|von|de|du|van|z|da|desde|instead of|statt)"


def ticked(text: str) -> str:
    """Leave out what a form offers and nobody ticked; a box stands before its words, or behind them."""
    return "\n".join(
        (_UNTICKED_FIRST if _BOX_FIRST.search(line) else _UNTICKED_LAST).sub(" ", line)
        for line in text.split("\n")
    )


def without_heads(text: str) -> str:
    """Leave out the head of a mail that was passed on: who wrote about what asks for nothing."""
    return _HEAD.sub("", text)


def told(text: str) -> tuple[str, ...]:
    """Return the sentences as folded words, usual slips mended and of "from A to B" only B kept."""
    return tuple(_changed().sub("", _mended(sentence)) for sentence in flat(_LEADERS.sub(": ", text)))


@cache
def _changed() -> re.Pattern[str]:
    """Return the pattern of a level of access that gives way to another one."""
    levels = "|".join(" ".join(keys(str(level))) for level in read("choices")["levels"])
    return re.compile(rf"(?<!\S)(?:{_FROM} )?(?:{levels}) {_TO} (?=(?:{levels})(?!\S))")


def _mended(sentence: str) -> str:
    return " ".join(_meant(word) for word in sentence.split())


@lru_cache(maxsize=8192)
def _meant(word: str) -> str:
    """Return the word that a slip made this one of, if it is one of those often mistyped."""
    words = _slips()
    if word in words or len(word) < 3:
        return word
    return next((one for one in words if _is_slip(word, one)), word)


def _is_slip(word: str, meant: str) -> bool:
    if word[0] != meant[0] or abs(len(word) - len(meant)) > 1:
        return False
    if _DOUBLED.sub(r"\1", word) == _DOUBLED.sub(r"\1", meant):
        return True
    near = OSA.distance(word, meant, score_cutoff=1) <= 1
    other_length = len(meant) >= _LONG and len(word) != len(meant)
    return near and (other_length or sorted(word) == sorted(meant))


@cache
def _slips() -> tuple[str, ...]:
    return tuple(str(word) for word in read("choices")["slips"])
