"""Finds bounded values: permissions, access levels, states, actions and attributes, by the words for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from triage.domain.request import Source
from triage.resolve.finding import NOTHING, Finding, plain_value
from triage.resolve.lexicon import read
from triage.resolve.patterns import compiled, patterns, spoken
from triage.resolve.reading import Reading
from triage.resolve.spelling import keys
from triage.resolve.telling import ticked, told, without_heads

_ASIDE: Final = re.compile(
    r"\b(?:in writing|written consent|schriftlich\w*|par écrit|por escrito|per iscritto)\b", re.IGNORECASE
)
"""Consent in writing is no wish to write."""
_PATH: Final = re.compile(r"\\\\[\w.-]+(?:\\[\w.$&-]+)+")
"""The name of a share is no verb (`\\\\FS-01\\Scans`)."""
_QUOTED: Final = re.compile(r"[\"„“«][^\"„“”«»\n]{30,}[\"“”»]")
"""A message that is quoted speaks of rights that are missing, not of those wanted."""


def find_choice(name: str, label: str, reading: Reading, values: Sequence[str]) -> Finding:
    """Return the value(s) of an enumeration that the words name; a value written as it is counts alone."""
    whole = next((value for value in values if keys(value) == keys(reading.text)), None)
    if whole is not None:
        return plain_value(whole, Source.TEXT, reading.text)
    text = _PATH.sub(" ", _ASIDE.sub(" ", ticked(without_heads(reading.text))))
    if name == "permission":
        said = _permissions(told(_QUOTED.sub(" ", text)), values)
        return said if said != NOTHING else _bounced(_permissions(told(text), values))
    finder = {
        ("access", "file_share_access"): _share,
        ("access", "calendar_permission"): _calendar,
        ("action", "device_lost"): _action,
        ("state", "automatic_replies"): _state,
    }.get((name, label))
    return finder(told(text)) if finder else NOTHING


def _bounced(found: Finding) -> Finding:
    """Return the right a refusal is about: mail servers say "on behalf" also where sending as is missing."""
    only_behalf = found.values == ("SendOnBehalf",)
    return plain_value("SendAs", Source.TEXT, found.evidence) if only_behalf else found


def _permissions(sentences: tuple[str, ...], values: Sequence[str]) -> Finding:
    """Return every right that is named; to send from a mailbox is to send as it, unless on behalf is said."""
    aside = {
        name: re.compile(compiled(str(read("choices")["permission"][name]))) for name in ("has", "refused")
    }
    bare = tuple(aside["refused"].sub("unable to send", one) for one in sentences)
    bare = tuple(aside["has"].sub("but", one) for one in bare)
    found = {value: words for value in values if (words := _granted(value, bare))}
    sends = _granted("sends", bare)
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
    lacks = patterns("choices", "lacks")
    sentences = tuple(lacks.sub("write", sentence) for sentence in sentences)
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
    enough = re.compile(compiled(str(read("choices")["insufficient"])))
    said = tuple(ruled_out.sub(" read ", sentence) for sentence in sentences if not enough.search(sentence))
    order = ("AvailabilityOnly", "Editor", "Reviewer")
    for among in (_wished(said), said):
        found = _first("calendar_access", order, among)
        if found != NOTHING:
            return found
    delegate = patterns("choices", "calendar_delegate")
    if spoken(delegate, sentences):
        return plain_value("Editor", Source.TEXT, _quote(delegate, sentences))
    return NOTHING


def _quote(pattern: re.Pattern[str], sentences: tuple[str, ...]) -> str:
    return next((found.group() for sentence in sentences if (found := pattern.search(sentence))), "")
