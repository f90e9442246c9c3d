"""Finds values that a playbook bounds itself: its own words, a pattern, a span of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from pydantic import TypeAdapter, ValidationError

from triage.domain.request import Source
from triage.playbooks.model import Kind, ParameterRule
from triage.playbooks.own import whole
from triage.resolve.finding import NOTHING, Finding, plain_value
from triage.resolve.reading import Reading
from triage.resolve.spelling import keys

BOUNDED: Final = frozenset({Kind.NUMBER, Kind.ENUM, Kind.TEXT})
"""The kinds of which a site's own playbook says itself what the value may be."""

_WHOLE_NUMBER: Final = re.compile(r"\d{1,9}")


def find_bounded(rule: ParameterRule, reading: Reading) -> Finding:
    """Return the one value the words hold, or what holds where they have none; several are candidates."""
    if rule.kind is Kind.NUMBER:
        found = dict(_numbers(rule, reading))
    elif rule.kind is Kind.ENUM:
        found = dict(_named(rule, reading))
    else:
        found = dict(_matching(rule.pattern, reading))
    if len(found) > 1:
        return Finding(candidates=tuple(found))
    for value, words in found.items():
        return plain_value(value, Source.TEXT, words)
    return plain_value(rule.default, Source.TEXT, "") if rule.default else NOTHING


def _numbers(rule: ParameterRule, reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield the whole text, if it is a number within the bounds: nothing else in a field is one."""
    text = reading.text.strip()
    if _WHOLE_NUMBER.fullmatch(text) and rule.least <= int(text) <= rule.most:
        yield str(int(text)), text


def _named(rule: ParameterRule, reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield the values whose own name or further words stand in the text."""
    told = tuple(word.key for word in reading.words)
    for value in rule.values:
        phrases = (value, *rule.words.get(value, ()))
        said = next((one for one in phrases if _among(keys(one), told)), "")
        if said:
            yield value, said


def _among(wanted: tuple[str, ...], told: tuple[str, ...]) -> bool:
    size = len(wanted)
    return size > 0 and any(told[at : at + size] == wanted for at in range(len(told) - size + 1))


def _matching(pattern: str, reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield each word that the pattern takes as a whole."""
    for word in reading.text.split():
        bare = word.strip(".,;:!?()[]{}<>\"'„“”«»")
        if _takes(pattern, bare):
            yield bare, bare


def _takes(pattern: str, word: str) -> bool:
    try:
        _adapter(pattern).validate_python(word)
    except ValidationError:
        return False
    return True


@cache
def _adapter(pattern: str) -> TypeAdapter[str]:
    return whole(pattern)
