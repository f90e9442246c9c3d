"""Finds bounded values: permissions, access levels, states, actions and attributes, by the words for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from triage.domain.request import Source
from triage.resolve.finding import NOTHING, Finding, plain_value
from triage.resolve.patterns import flat, patterns, spoken
from triage.resolve.reading import Reading

_ORDER: Final = {
    "permission": ("FullAccess", "SendAs", "SendOnBehalf"),
    "device_action": ("wipe", "lock"),
    "calendar_access": ("AvailabilityOnly", "Editor", "Reviewer"),
}


def find_choice(name: str, label: str, reading: Reading, values: Sequence[str], default: str) -> Finding:
    """Return the value(s) of an enumeration that the words name, else its default."""
    sentences = flat(reading.text)
    if name == "permission":
        return _several("permission", sentences, values)
    if name == "access" and label == "file_share_access":
        return _share(sentences)
    if name == "access":
        return _calendar(sentences)
    if name == "action":
        return _first("device_action", sentences)
    if name == "state" and spoken(patterns("choices", "state", "disabled"), sentences):
        return plain_value(
            "disabled", Source.TEXT, _quote(patterns("choices", "state", "disabled"), sentences)
        )
    return plain_value(default, Source.TEXT, "") if default else NOTHING


def _several(kind: str, sentences: tuple[str, ...], values: Sequence[str]) -> Finding:
    found = [value for value in values if spoken(patterns("choices", kind, value), sentences)]
    if not found:
        return NOTHING
    evidence = "; ".join(_quote(patterns("choices", kind, value), sentences) for value in found)
    return Finding(tuple(found), (), Source.TEXT, evidence)


def _first(kind: str, sentences: tuple[str, ...]) -> Finding:
    for value in _ORDER[kind]:
        pattern = patterns("choices", kind, value)
        if spoken(pattern, sentences):
            return plain_value(value, Source.TEXT, _quote(pattern, sentences))
    return NOTHING


def _share(sentences: tuple[str, ...]) -> Finding:
    """Return write where writing is asked for and not ruled out, else read where reading is."""
    never = patterns("choices", "share_access", "never_write")
    if spoken(never, sentences):
        return plain_value("read", Source.TEXT, _quote(never, sentences))
    for value in ("write", "read"):
        pattern = patterns("choices", "share_access", value)
        if spoken(pattern, sentences):
            return plain_value(value, Source.TEXT, _quote(pattern, sentences))
    return NOTHING


def _calendar(sentences: tuple[str, ...]) -> Finding:
    change = patterns("choices", "calendar_change")
    if spoken(change, sentences):
        return plain_value("Editor", Source.TEXT, _quote(change, sentences))
    return _first("calendar_access", sentences)


def _quote(pattern: re.Pattern[str], sentences: tuple[str, ...]) -> str:
    return next((found.group() for sentence in sentences if (found := pattern.search(sentence))), "")
