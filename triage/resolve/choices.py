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
_ASIDE: Final = re.compile(
    r"\b(?:in writing|written consent|schriftlich\w*|par écrit|por escrito|per iscritto)\b", re.IGNORECASE
)
"""Consent in writing is no wish to write."""
_QUOTED: Final = re.compile(r"[\"„“«][^\"„“”«»\n]{12,}[\"“”»]")
"""A message that is quoted speaks of rights that are missing, not of those wanted."""


def find_choice(name: str, label: str, reading: Reading, values: Sequence[str]) -> Finding:
    """Return the value(s) of an enumeration that the words name; a value written as it is counts alone."""
    whole = next((value for value in values if keys(value) == keys(reading.text)), None)
    if whole is not None:
        return plain_value(whole, Source.TEXT, reading.text)
    text = _ASIDE.sub(" ", _UNCHECKED.sub(" ", reading.text))
    if name == "permission":
        said = _permissions(flat(_QUOTED.sub(" ", text)), values)
        return said if said != NOTHING else _permissions(flat(text), values)
    finder = {
        ("access", "file_share_access"): _share,
        ("access", "calendar_permission"): _calendar,
        ("action", "device_lost"): _action,
        ("state", "automatic_replies"): _state,
    }.get((name, label))
    return finder(flat(text)) if finder else NOTHING


def _permissions(sentences: tuple[str, ...], values: Sequence[str]) -> Finding:
    """Return every right that is named; to send from a mailbox is to send as it, unless on behalf is said."""
    found = {value: words for value in values if (words := _granted(value, sentences))}
    sends = _granted("sends", sentences)
    if sends and "SendAs" in values and not found.keys() & {"SendAs", "SendOnBehalf"}:
        found["SendAs"] = sends
    return Finding(tuple(found), (), Source.TEXT, "; ".join(found.values())) if found else NOTHING


def _granted(right: str, sentences: tuple[str, ...]) -> str:
    """Return the words that name a right, not ruled out before ("no full access") nor kept behind."""
    told, pattern = read("choices")["permission"], patterns("choices", "permission", right)
    never = re.compile(compiled(told["ruled_out"]).removesuffix(r"(?!\S)") + r" $")
    kept = re.compile(compiled(told["kept"]))
    hits = ((sentence, hit) for sentence in sentences for hit in pattern.finditer(sentence))
    return next(
        (
            hit.group()
            for sentence, hit in hits
            if not kept.match(sentence[hit.end() :].lstrip())
            and (right == "sends" or not never.search(sentence[: hit.start()]))
        ),
        "",
    )


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
    """Return disabled where ending is spoken of, unless the same words say to switch on."""
    note = re.compile(compiled(str(read("choices")["state"]["note"])))
    bare = tuple(note.sub("ooo", sentence) for sentence in sentences)
    on, off = patterns("choices", "state", "enabled"), patterns("choices", "state", "disabled")
    ended = tuple(one for one in bare if off.search(one) and not on.search(one))
    if ended:
        return plain_value("disabled", Source.TEXT, _quote(off, ended))
    return _first("state", ("enabled",), bare)


def _share(sentences: tuple[str, ...]) -> Finding:
    """Return read where more is ruled out, else write where writing is spoken of: who lacks it says so."""
    asked = _wished(sentences)
    for name, value, among in (
        ("read_enough", "read", asked),
        ("write", "write", sentences),
        ("read", "read", sentences),
    ):
        pattern = patterns("choices", "share_access", name)
        if spoken(pattern, among):
            return plain_value(value, Source.TEXT, _quote(pattern, among))
    return NOTHING


def _wished(sentences: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the sentences that tell how things are."""
    symptom = patterns("choices", "symptom")
    return tuple(sentence for sentence in sentences if not symptom.search(sentence))


def _calendar(sentences: tuple[str, ...]) -> Finding:
    change = patterns("choices", "calendar_change")
    if spoken(change, sentences):
        return plain_value("Editor", Source.TEXT, _quote(change, sentences))
    ruled_out = patterns("choices", "share_access", "read_enough")
    said = tuple(ruled_out.sub(" read ", sentence) for sentence in sentences)
    order = ("AvailabilityOnly", "Editor", "Reviewer")
    wished = _first("calendar_access", order, _wished(said))
    return wished if wished != NOTHING else _first("calendar_access", order, said)


def _quote(pattern: re.Pattern[str], sentences: tuple[str, ...]) -> str:
    return next((found.group() for sentence in sentences if (found := pattern.search(sentence))), "")
