"""Knows given names of many countries, so that a stranger's name is told from other capitalised words."""

from __future__ import annotations

from functools import cache

from triage.resolve.lexicon import read
from triage.resolve.spelling import Token


def is_given_name(word: Token) -> bool:
    """Say whether a word is a given name somewhere; one that is a word as well needs its capital."""
    return word.key in given_names("names") or (word.capital and word.key in given_names("words"))


@cache
def given_names(kind: str) -> frozenset[str]:
    """Return the folded `names` that are no words of our languages, or those that are `words` as well."""
    return frozenset(str(read("given")[kind]).split())
