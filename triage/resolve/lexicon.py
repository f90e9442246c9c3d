"""Word lists kept as data (`triage/resolve/data/*.yaml`), and how their phrases are found among words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from triage.resolve.spelling import Token, keys


@dataclass(frozen=True)
class Phrases:
    """A set of phrases, each a tuple of folded words; a last word ending in `*` matches by its beginning."""

    exact: frozenset[tuple[str, ...]]
    stems: frozenset[tuple[str, ...]]
    longest: int

    def length_at(self, words: Sequence[Token], index: int) -> int:
        """Return how many words from `index` on are a phrase of this set, the longest; 0 if none is."""
        for length in range(min(self.longest, len(words) - index), 0, -1):
            found = tuple(word.key for word in words[index : index + length])
            if found in self.exact or self._stemmed(found):
                return length
        return 0

    def ends_at(self, words: Sequence[Token], end: int) -> int:
        """Return how many words before `end` are a phrase of this set, the longest; 0 if none is."""
        for length in range(min(self.longest, end), 0, -1):
            found = tuple(word.key for word in words[end - length : end])
            if found in self.exact or self._stemmed(found):
                return length
        return 0

    def among(self, words: Sequence[Token]) -> Iterator[tuple[int, int]]:
        """Yield the (start, end) word indices of every phrase found, left to right, without overlaps."""
        index = 0
        while index < len(words):
            length = self.length_at(words, index)
            if length:
                yield index, index + length
            index += length or 1

    def _stemmed(self, found: tuple[str, ...]) -> bool:
        if not self.stems:
            return False
        last = found[-1]
        return any((*found[:-1], last[:cut]) in self.stems for cut in range(3, len(last) + 1))


def phrases(entries: Iterable[str]) -> Phrases:
    """Build a set from phrases as people write them."""
    exact: set[tuple[str, ...]] = set()
    stems: set[tuple[str, ...]] = set()
    for entry in entries:
        words = keys(entry)
        if words:
            (stems if entry.rstrip().endswith("*") else exact).add(words)
    longest = max((len(words) for words in exact | stems), default=0)
    return Phrases(frozenset(exact), frozenset(stems), longest)


@cache
def read(name: str) -> Mapping[str, Any]:
    """Return the word lists of `data/<name>.yaml`; every scalar is a string, also `no` and `on`."""
    text = (files("triage.resolve") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    content: Mapping[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes strings only
    return content


@cache
def listed(name: str, *path: str) -> Phrases:
    """Return the phrases under `path` of `data/<name>.yaml`, those of all languages together."""
    content: Any = read(name)
    for part in path:
        content = content[part]
    return phrases(_strings(content))


def _strings(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _strings(value)
    else:
        for value in content:
            yield from _strings(value)
