"""Tells the language of a ticket by its small words, so that a question comes back in it."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Final

from triage.resolve.lexicon import read
from triage.resolve.spelling import tokens

DEFAULT: Final = "en"


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the language most small words of `text` belong to, else English."""
    known = small_words()
    counts: Counter[str] = Counter()
    for word in tokens(text[:2000]):
        for language in known.get(word.text.lower(), ()):
            counts[language] += 1
    if not counts:
        return DEFAULT
    best = max(counts.values())
    leaders = [language for language, count in counts.items() if count == best]
    return leaders[0] if len(leaders) == 1 else DEFAULT


@cache
def small_words() -> dict[str, tuple[str, ...]]:
    """Return each small word with the languages it belongs to."""
    found: dict[str, tuple[str, ...]] = {}
    for language, words in read("languages").items():
        for word in str(words).split():
            found[word] = (*found.get(word, ()), str(language))
    return found
