"""Marks notions that many languages have a word for (password, remove, stolen, "no longer needed") in a text.

Each notion is one character of Unicode's private use area, appended to the text in the order in which its
words stand there. So a Polish "odblokować" and a German "entsperren" share a feature, a handful of tickets
in a language is enough, and "solved" or "never mind" can be seen whatever words surround it.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

FIRST: Final = 0xE000
PATTERN: Final = "[\ue000-\ue0ff]"
"""Matches one mark; no word or white space does."""

_MARKS = re.compile(rf"\n({PATTERN}(?: {PATTERN})*)$")
_WORD = re.compile(r"[\w'-]+")
_SIGNS: Final = {
    "reply": re.compile(r"\s*(?:re|aw|antw|odp|sv|rif|ref)\s?:", re.IGNORECASE),
    "forward": re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|doorst|pd|i)\s?:", re.IGNORECASE),
    "asked": re.compile(r".*\?", re.DOTALL),
}  # notions that are no words: what the subject begins with, a question mark
_LONGEST_STEM: Final = 20
_ELISION: Final = 2


@dataclass(frozen=True)
class _Lexicon:
    """Notions by name, and what speaks for them: stems, whole words and phrases by their first word."""

    names: tuple[str, ...]
    stems: dict[str, tuple[str, ...]]
    whole: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[tuple[tuple[str, ...], str], ...]]


def annotate(text: str) -> str:
    """Return `text` with a line of marks appended; unchanged if no notion is in it."""
    marks = " ".join(mark(name) for name in notions(text))
    return f"{text}\n{marks}" if marks else text


def without_marks(annotated: str) -> tuple[str, str]:
    """Return the text and its line of marks, as `annotate` joined them; the marks may be empty."""
    found = _MARKS.search(annotated)
    return (annotated[: found.start()], found[1]) if found else (annotated, "")


def notions(text: str) -> list[str]:
    """Return the names of the notions in `text`, in order, without immediate repeats."""
    found = [name for name, sign in _SIGNS.items() if sign.match(text)]
    for _, names in spoken(text):
        found += [name for name in names if not found or found[-1] != name]
    return found


def spoken(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the words of `text` that stand for notions, each with the notions' names."""
    words = _WORD.findall(_folded(text))
    phrases = _lexicon().phrases
    found = []
    for at, word in enumerate(words):
        names = _notions_of(word)
        if word in phrases:
            names += tuple(name for parts, name in phrases[word] if _stands_at(parts, words, at))
        if names:
            found.append((word, names))
    return found


def mark(name: str) -> str:
    """Return the character of a notion."""
    return _marks()[name]


def _stands_at(parts: tuple[str, ...], words: list[str], at: int) -> bool:
    """Compare a phrase; its last word may be a stem."""
    there = words[at : at + len(parts)]
    return len(there) == len(parts) and there[:-1] == list(parts[:-1]) and there[-1].startswith(parts[-1])


@lru_cache(maxsize=50_000)
def _notions_of(word: str) -> tuple[str, ...]:
    lexicon = _lexicon()
    head, apostrophe, tail = word.partition("'")
    word = tail if apostrophe and len(head) <= _ELISION else word  # l'account, d'accès
    longest = (word[:size] for size in range(min(len(word), _LONGEST_STEM), 2, -1))
    stem = next((part for part in longest if part in lexicon.stems), None)
    return tuple(dict.fromkeys((*lexicon.whole.get(word, ()), *lexicon.stems.get(stem or "", ()))))


@lru_cache(maxsize=2_000)
def _folded(text: str) -> str:
    """Return `text` in lower case without accents, as the lexicon is written."""
    if text.isascii():
        return text.lower()
    text = text.lower().replace("ß", "ss").replace("ł", "l").replace("’", "'")
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


@cache
def _marks() -> dict[str, str]:
    return {name: chr(FIRST + place) for place, name in enumerate(_lexicon().names)}


@cache
def _lexicon() -> _Lexicon:
    stems: dict[str, list[str]] = defaultdict(list)
    whole: dict[str, list[str]] = defaultdict(list)
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    names = []
    for line in files("models").joinpath("data/concepts.txt").read_text(encoding="utf-8").splitlines():
        name, _, entries = line.partition(": ")
        if not entries:
            continue
        names.append(name)
        for entry in entries.split():
            parts = tuple(entry.strip("=").split("_"))
            if len(parts) > 1:
                phrases[parts[0]].append((parts, name))
            elif entry.endswith("="):
                whole[parts[0]].append(name)
            else:
                stems[parts[0]].append(name)
    return _Lexicon(
        (*names, *_SIGNS),
        {key: tuple(value) for key, value in stems.items()},
        {key: tuple(value) for key, value in whole.items()},
        {key: tuple(value) for key, value in phrases.items()},
    )
