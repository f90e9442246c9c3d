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
_INLINE: Final = re.compile(
    r"(?:(?<=[.;,(])\s|^)(?:display |proposed |mailbox )?"
    r"(?:name|nombre|nom|nome|nazwa|naam|bezeichnung|titel|title|titre)"
    r"(?: [^\W\d_]+){0,2}\s?:\s?([^\n.;,(/]{2,50})",
    re.IGNORECASE | re.MULTILINE,
)
"""A name in a list of keys and values that runs on (`Shared mailbox. Name: Refunds. Owner: ...`)."""
_LONGEST_QUOTE: Final = 5
_NEAR: Final = 2


def find_mailbox_name(reading: Reading) -> Finding:
    """Return the name a mailbox is to have: in a form, quoted, behind "called", or before an empty @."""
    for line in reading.lines:
        if _tells_name(line.key):
            return _short(reading.text[line.start : line.end])
    quoted = {
        match[1].strip(" .,…").removesuffix("@")
        for match in _QUOTED.finditer(reading.text[: reading.form_start])
        if len(match[1].split()) <= _LONGEST_QUOTE
    }
    if quoted:
        name = next(iter(quoted))
        return plain_value(name, Source.TEXT, name) if len(quoted) == 1 else NOTHING
    return next((found for finder in _UNQUOTED if (found := finder(reading)) != NOTHING), NOTHING)


def _named(reading: Reading) -> Finding:
    return _called(reading, listed("strangers", "mailbox", "named"), sure=True)


def _inline(reading: Reading) -> Finding:
    names = {match[1].strip() for match in _INLINE.finditer(reading.text[: reading.form_start])}
    return _short(names.pop()) if len(names) == 1 else NOTHING


def _slug(reading: Reading) -> Finding:
    slugs = {match[1] for match in _EMPTY.finditer(reading.text)}
    if len(slugs) != 1:
        return NOTHING
    slug = slugs.pop()
    return plain_value(slug, Source.TEXT, f"{slug}@")


def _behind_noun(reading: Reading) -> Finding:
    return _called(reading, listed("strangers", "mailbox", "before"))


def _tells_name(key: str) -> bool:
    """Say whether a form's key asks for the name: it is listed, or speaks of a name and of no person."""
    words = key.split()
    if tuple(words) in listed("strangers", "mailbox", "form").exact:
        return True
    said, else_ = (
        listed("strangers", "mailbox", "key").exact,
        listed("strangers", "mailbox", "other_key").exact,
    )
    return any((word,) in said for word in words) and not any((word,) in else_ for word in words)


def _careless(reading: Reading) -> Finding:
    """Return the words in small letters behind "called", up to a small word or the end of the sentence."""
    words, cues = reading.words, listed("strangers", "mailbox", "named")
    ends = listed("strangers", "mailbox", "ends").exact
    for at in range(1, len(words)):
        if not cues.ends_at(words, at) or reading.between(at - 1, at).strip(" \"'„“«:"):
            continue
        last = at
        while last < len(words) and last - at < _LONGEST_QUOTE and (words[last].key,) not in ends:
            last += 1
            if last < len(words) and reading.between(last - 1, last) not in {" ", "-"}:
                break
        if last > at:
            name = reading.text[words[at].start : words[last - 1].end]
            return plain_value(name, Source.TEXT, name)
    return NOTHING


def _called(reading: Reading, cues: Phrases, *, sure: bool = False) -> Finding:
    """Return the capitalised words, or the word with hyphens, behind "named", "mailbox" and the like.

    With `sure` cues a name of several words may begin with an everyday one (`named Contract Desk`).
    """
    words = reading.words
    for at in range(1, len(words)):
        if not cues.ends_at(words, at) or "\n" in reading.between(at - 1, at):
            continue
        slug = _SLUG.match(reading.text, words[at].start)
        if slug and "@" not in reading.text[slug.end() : slug.end() + 1]:
            return plain_value(slug.group(), Source.TEXT, slug.group())
        noun = listed("things", "nouns", "mailbox").length_at(words, at)
        ordinary = plain(at, words) and not (sure and _end(at, reading) > at + 1)
        if words[at].capital and not ordinary and not noun:
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


_UNQUOTED: Final = (_named, _inline, _slug, _behind_noun, _headed, _careless)
"""How a name is told without quotation marks, the clearest way first."""
