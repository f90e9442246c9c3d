"""Finds bounded values: permissions, access levels, states, actions and attributes, by the words for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from triage.domain.request import Source
from triage.resolve.finding import NOTHING, Finding, plain_value
from triage.resolve.lexicon import read
from triage.resolve.patterns import compiled, flat, patterns, spoken
from triage.resolve.reading import Reading
from triage.resolve.spelling import keys

_UNCHECKED: Final = re.compile(r"(?:[\w/&+-]+ ){0,3}[\w/&+-]+\s?\[\s?\]|\[\s?\](?: [\w/&+-]+){1,3}")
"""What a form offers and nobody ticked; the box stands behind or before the words."""
_QUOTED: Final = re.compile(r"[\"„“«][^\"„“”«»\n]{12,}[\"“”»]")
"""A message that is quoted speaks of rights that are missing, not of those wanted."""


def find_choice(name: str, label: str, reading: Reading, values: Sequence[str]) -> Finding:
    """Return the value(s) of an enumeration that the words name; a value written as it is counts alone."""
    whole = next((value for value in values if keys(value) == keys(reading.text)), None)
    if whole is not None:
        return plain_value(whole, Source.TEXT, reading.text)
    text = _UNCHECKED.sub(" ", reading.text)
    if name == "permission":
        return _permissions(flat(_QUOTED.sub(" ", text)), values)
    finder = {
        ("access", "file_share_access"): _share,
        ("access", "calendar_permission"): _calendar,
        ("action", "device_lost"): _action,
        ("state", "automatic_replies"): _state,
    }.get((name, label))
    return finder(flat(text)) if finder else NOTHING


def _permissions(sentences: tuple[str, ...], values: Sequence[str]) -> Finding:
    """Return every right that is named and not ruled out right before ("no full access")."""
    never = compiled(f"{read('choices')['permission']['ruled_out']}").removesuffix(r"(?!\S)")
    found: dict[str, str] = {}
    for value in values:
        pattern = patterns("choices", "permission", value)
        for sentence in sentences:
            hit = pattern.search(sentence)
            if hit and not re.search(never + r" $", sentence[: hit.start()]):
                found.setdefault(value, hit.group())
    return Finding(tuple(found), (), Source.TEXT, "; ".join(found.values())) if found else NOTHING


def _first(kind: str, order: Sequence[str], sentences: tuple[str, ...]) -> Finding:
    """Return the first value, in this order, that any sentence names."""
    for value in order:
        pattern = patterns("choices", kind, value)
        if spoken(pattern, sentences):
            return plain_value(value, Source.TEXT, _quote(pattern, sentences))
    return NOTHING


def _action(sentences: tuple[str, ...]) -> Finding:
    return _first("device_action", ("wipe", "lock"), sentences)


def _state(sentences: tuple[str, ...]) -> Finding:
    return _first("state", ("disabled",), sentences)


def _share(sentences: tuple[str, ...]) -> Finding:
    """Return read where more is ruled out, else write where writing is spoken of: who lacks it says so."""
    for name, value in (("read_enough", "read"), ("write", "write"), ("read", "read")):
        pattern = patterns("choices", "share_access", name)
        if spoken(pattern, sentences):
            return plain_value(value, Source.TEXT, _quote(pattern, sentences))
    return NOTHING


def _calendar(sentences: tuple[str, ...]) -> Finding:
    change = patterns("choices", "calendar_change")
    if spoken(change, sentences):
        return plain_value("Editor", Source.TEXT, _quote(change, sentences))
    return _first("calendar_access", ("AvailabilityOnly", "Editor", "Reviewer"), sentences)


def _quote(pattern: re.Pattern[str], sentences: tuple[str, ...]) -> str:
    return next((found.group() for sentence in sentences if (found := pattern.search(sentence))), "")
