"""Finds the name and address that a mailbox to come is to have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from triage.domain.request import Source
from triage.domain.site import Site
from triage.resolve.finding import NOTHING, Finding, plain_value
from triage.resolve.lexicon import Phrases, listed
from triage.resolve.reading import Reading
from triage.resolve.strangers import outside, plain

_ADDRESS: Final = re.compile(r"[\w.+'-]*\w@\w[\w-]*(?:\.\w[\w-]*)+", re.IGNORECASE)
_QUOTED: Final = re.compile(
    r"(?:^|(?<=[\s(:]))[\"„“«‘']\s?([^\"„“”«»\n]{2,60}?)\s?[\"“”»’'](?=[\s.,;:!?)]|$)", re.MULTILINE
)
_EMPTY: Final = re.compile(r"(?<![\w@.])([a-z0-9][a-z0-9._-]{2,40})@(?![\w])")
"""The part of an address before the @, when nothing stands behind it."""
_SLUG: Final = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)+")
_LONGEST_QUOTE: Final = 5
_NEAR: Final = 2


def find_mailbox_name(reading: Reading) -> Finding:
    """Return the name a mailbox is to have: quoted, behind "called" or in a form, or before an empty @."""
    for line in reading.lines:
        if tuple(line.key.split()) in listed("strangers", "mailbox", "form").exact:
            return _short(reading.text[line.start : line.end])
    quoted = [
        match[1].strip(" .,…").removesuffix("@")
        for match in _QUOTED.finditer(reading.text[: reading.form_start])
        if len(match[1].split()) <= _LONGEST_QUOTE
    ]
    if len(set(quoted)) == 1:
        return plain_value(quoted[0], Source.TEXT, quoted[0])
    if quoted:
        return NOTHING
    named = _called(reading, listed("strangers", "mailbox", "named"))
    if named != NOTHING:
        return named
    slugs = [match[1] for match in _EMPTY.finditer(reading.text)]
    if len(set(slugs)) == 1:
        return plain_value(slugs[0], Source.TEXT, f"{slugs[0]}@")
    called = _called(reading, listed("strangers", "mailbox", "before"))
    return called if called != NOTHING else _headed(reading)


def _called(reading: Reading, cues: Phrases) -> Finding:
    """Return the capitalised words, or the word with hyphens, behind "named", "mailbox" and the like."""
    words = reading.words
    for at in range(1, len(words)):
        if not cues.ends_at(words, at) or "\n" in reading.between(at - 1, at):
            continue
        slug = _SLUG.match(reading.text, words[at].start)
        if slug and "@" not in reading.text[slug.end() : slug.end() + 1]:
            return plain_value(slug.group(), Source.TEXT, slug.group())
        if words[at].capital and not plain(at, words):
            name = reading.text[words[at].start : words[_end(at, reading) - 1].end]
            return plain_value(name, Source.TEXT, name)
    return NOTHING


def _headed(reading: Reading) -> Finding:
    """Return the capitalised words before the noun in the subject (`Library Fines inbox`)."""
    words, nouns = reading.words, listed("things", "nouns", "mailbox")
    for first, _ in nouns.among(words):
        if words[first].end > reading.subject_end:
            break
        begin = next((at for at in range(first) if _end(at, reading) == first), first)
        if first - begin >= _NEAR and not any(plain(at, words) for at in range(begin, first)):
            name = reading.text[words[begin].start : words[first - 1].end]
            return plain_value(name, Source.TEXT, name)
    return NOTHING


def _end(at: int, reading: Reading) -> int:
    """Return where the run of capitalised words that begins at a word ends."""
    words, last = reading.words, at + 1
    nouns = listed("things", "nouns", "mailbox")
    while (
        last < len(words)
        and words[last].capital
        and not nouns.length_at(words, last)
        and reading.between(last - 1, last) in {" ", "-", " & "}
    ):
        last += 1
    return last


def _short(value: str) -> Finding:
    name = re.split(r"[,;.(/]\s?|\s[–-]\s", value.strip('"„“”«» '))[0].strip('"„“”«» ')
    return plain_value(name, Source.TEXT, value) if 2 <= len(name) <= 60 else NOTHING


def find_new_address(reading: Reading, site: Site, known: Sequence[str]) -> Finding:
    """Return the address a mailbox is to have: one of our domains that nobody has yet."""
    found = dict.fromkeys(match.group().lower().strip(".") for match in _ADDRESS.finditer(reading.text))
    fresh = [one for one in found if not outside(one, site) and one not in known]
    return plain_value(fresh[0], Source.TEXT, fresh[0]) if len(fresh) == 1 else NOTHING
