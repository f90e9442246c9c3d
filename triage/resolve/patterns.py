"""Patterns over folded words, kept as data: `(a|b)`, `stem*`, `..` for up to four words, `^` the start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from triage.resolve.lexicon import read
from triage.resolve.spelling import fold, keys

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+|(?<=:)\s+|\s[–—]\s|\s-\s")
_ANSWER = re.compile(
    r"^([^:\n]{1,40}):[ ]*(yes|no|ja|nein|oui|non|nee|sí|si|nie|tak|sim|não)[ ]*$",
    re.MULTILINE | re.IGNORECASE,
)
"""A line of a form that is only ticked or not: its name says what."""
_GAP = r"(?:[^\s.]+ ){0,4}?"


def flat(text: str) -> tuple[str, ...]:
    """Return the sentences of a text as folded words with single blanks."""
    joined = _ANSWER.sub(r"\1 \2", text)
    return tuple(words for part in _SENTENCE.split(joined) if (words := " ".join(keys(part))))


@cache
def patterns(name: str, *path: str) -> re.Pattern[str]:
    """Return one pattern for all those under `path` of `data/<name>.yaml`, of all languages."""
    content: Any = read(name)
    for part in path:
        content = content[part]
    return re.compile("|".join(f"(?:{compiled(one)})" for one in _leaves(content)))


def compiled(pattern: str) -> str:
    """Translate a pattern of the word lists into a regular expression over one flat sentence."""
    start = "^" if pattern.startswith("^") else r"(?<!\S)"
    body = pattern.strip().removeprefix("^")
    body = fold(body).replace(" .. ", f" {_GAP}").replace("*", r"\w*")
    body = re.sub(r" (\([^()]*\))\?(?= |$)", r"(?: \1)?", body)
    return f"{start}(?:{body})(?!\\S)"


def spoken(pattern: re.Pattern[str], sentences: tuple[str, ...]) -> bool:
    """Say whether any sentence speaks as the pattern says."""
    return any(pattern.search(sentence) for sentence in sentences)


def _leaves(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _leaves(value)
    else:
        for value in content:
            yield from _leaves(value)
