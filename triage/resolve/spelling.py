"""Brings words to the form in which they are compared: case, accents, umlauts and ligatures do not matter."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
)
_UMLAUTS: Final = re.compile(r"(?<=[aou])e")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: as written, as compared, and where it stands (character offsets)."""

    text: str
    key: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Whether it is written with a capital first letter."""
        return self.text[:1].isupper()


def fold(text: str) -> str:
    """Return `text` in lower case without accents: `Müller` -> `muller`, `Łukasz` -> `lukasz`."""
    lowered = text.casefold().translate(_LETTERS)
    if lowered.isascii():
        return lowered
    return "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))


def loose(key: str) -> str:
    """Return a folded word with `ae`, `oe`, `ue` shortened, so that Mueller and Müller are one."""
    return _UMLAUTS.sub("", key)


def tokens(text: str) -> tuple[Token, ...]:
    """Return the words of `text` in order; apostrophes, hyphens, dots and underscores separate."""
    return tuple(
        Token(found.group(), fold(found.group()), found.start(), found.end())
        for found in _WORD.finditer(text)
    )


def keys(text: str) -> tuple[str, ...]:
    """Return the folded words of a name."""
    return tuple(fold(word) for word in _WORD.findall(text))
