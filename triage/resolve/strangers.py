"""Finds names nobody in the directory bears: a new colleague, a guest and company, a mailbox to come."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from triage.domain.request import Source
from triage.domain.site import Site
from triage.resolve.finding import NOTHING, Finding, plain_value
from triage.resolve.lexicon import listed
from triage.resolve.reading import Reading
from triage.resolve.spelling import Token, fold, keys
from triage.resolve.who import Company

_ADDRESS: Final = re.compile(r"[\w.+'-]*\w@\w[\w-]*(?:\.\w[\w-]*)+", re.IGNORECASE)
_QUOTED: Final = re.compile(
    r"(?:^|(?<=[\s(:]))[\"„“«‘']([^\"„“”«»\n]{2,60}?)[\"“”»’'](?=[\s.,;:!?)]|$)", re.MULTILINE
)
_SLUG: Final = re.compile(r"(?<![\w@.])([a-z0-9][a-z0-9._-]{2,40})@(?![\w])")
_PARTICLES: Final = frozenset(
    "da de di do dos das del della van von der den ter ten la le el al bin ibn zu".split()
)
_LONGEST: Final = 4


def find_newcomer(company: Company) -> Finding:
    """Return the full name of somebody new: the capitalised words named the most often and clearly."""
    counts: Counter[str] = Counter()
    for at, name in _names(company):
        weight = 1 + 3 * bool(listed("strangers", "new", "before").ends_at(company.reading.words, at))
        weight += 2 * bool(
            listed("strangers", "new", "behind").length_at(company.reading.words, at + len(name.split()))
        )
        weight += 3 * _in_form(at, company.reading, "new")
        counts[name] += weight
    ranked = counts.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return Finding(candidates=tuple(name for name, _ in ranked)) if ranked else NOTHING
    return plain_value(ranked[0][0], Source.TEXT, ranked[0][0])


def find_guest_mail(reading: Reading, site: Site, known: Sequence[str]) -> Finding:
    """Return the one outside address of the text; our own domains and known people are no guests."""
    found = dict.fromkeys(match.group().strip(".") for match in _ADDRESS.finditer(reading.text))
    outside = [one for one in found if _outside(one, site) and one.lower() not in known]
    if len(outside) == 1:
        return plain_value(outside[0].lower(), Source.TEXT, outside[0])
    return Finding(candidates=tuple(outside)) if outside else NOTHING


def find_guest_name(company: Company, mail: Finding) -> Finding:
    """Return the guest's name: the words the address is made of, else the only stranger's."""
    names = [name for _, name in _names(company)]
    if mail.values:
        local = set(keys(mail.values[0].split("@")[0]))
        for name in names:
            if set(keys(name)) <= local or local <= set(keys(name)):
                return plain_value(name, Source.TEXT, name)
    distinct = list(dict.fromkeys(names))
    return plain_value(distinct[0], Source.TEXT, distinct[0]) if len(distinct) == 1 else NOTHING


def find_guest_company(reading: Reading, mail: Finding) -> Finding:
    """Return the guest's company: the words of the text the address's domain is made of."""
    if not mail.values:
        return NOTHING
    domain = fold(mail.values[0].split("@")[1].split(".")[0])
    for word in reading.words:
        inside_address = reading.text[word.start - 1 : word.start] in {"@", "."}
        if word.key == domain and not inside_address:
            return plain_value(word.text, Source.TEXT, word.text)
    return NOTHING


def find_new_address(reading: Reading, site: Site, known: Sequence[str]) -> Finding:
    """Return the address a mailbox is to have: one of our domains that nobody has yet."""
    found = dict.fromkeys(match.group().lower().strip(".") for match in _ADDRESS.finditer(reading.text))
    fresh = [one for one in found if not _outside(one, site) and one not in known]
    return plain_value(fresh[0], Source.TEXT, fresh[0]) if len(fresh) == 1 else NOTHING


def find_mailbox_name(reading: Reading) -> Finding:
    """Return the name a mailbox is to have: quoted, behind "called" or in a form, or before an empty @."""
    for line in reading.lines:
        if tuple(line.key.split()) in listed("strangers", "mailbox", "form").exact:
            return _short(reading.text[line.start : line.end])
    quoted = [
        match[1]
        for match in _QUOTED.finditer(reading.text[: reading.form_start])
        if len(match[1].split()) <= 5
    ]
    if len(set(quoted)) == 1:
        return plain_value(quoted[0].strip(" .,"), Source.TEXT, quoted[0])
    slugs = [match[1] for match in _SLUG.finditer(reading.text)]
    if len(set(slugs)) == 1:
        return plain_value(slugs[0], Source.TEXT, f"{slugs[0]}@")
    return _called(reading) if not quoted else NOTHING


def _called(reading: Reading) -> Finding:
    """Return the capitalised words behind "named", "mailbox for" and the like."""
    words = reading.words
    for at in range(1, len(words)):
        cue = listed("strangers", "mailbox", "before")
        if cue.ends_at(words, at) and words[at].capital and not _plain(at, words):
            last = at + 1
            while (
                last < len(words)
                and words[last].capital
                and reading.between(last - 1, last) in {" ", "-", " & "}
            ):
                last += 1
            return plain_value(
                reading.text[words[at].start : words[last - 1].end], Source.TEXT, words[at].text
            )
    return NOTHING


def _short(value: str) -> Finding:
    name = re.split(r"[,;.(/]\s?|\s[–-]\s", value.strip('"„“”«» '))[0].strip('"„“”«» ')
    return plain_value(name, Source.TEXT, value) if 2 <= len(name) <= 60 else NOTHING


def _outside(address: str, site: Site) -> bool:
    domain = address.lower().split("@")[1]
    return not any(domain == own or domain.endswith(f".{own}") for own in site.domains)


def _names(company: Company) -> Iterator[tuple[int, str]]:
    """Yield every run of two to four capitalised words (with particles) that is no known name or thing."""
    reading, words = company.reading, company.reading.words
    known = {i for part in company.parts for m in part.referent.mentions for i in range(m.first, m.last)}
    caller = set(keys(reading.caller.display_name)) if reading.caller else set()
    at = 0
    while at < len(words):
        last = _run(at, reading, known)
        while at < last and _plain(at, words):
            at += 1
        name = {words[i].key for i in range(at, last)}
        if last - at >= 2 and not any(_plain(i, words) for i in range(at, last)) and not name <= caller:
            yield at, reading.text[words[at].start : words[last - 1].end]
            at = last
        else:
            at += 1


def _plain(at: int, words: Sequence[Token]) -> bool:
    """Say whether a word stands with a capital but is no part of a name."""
    return (words[at].key,) in listed("strangers", "plain").exact


def _run(at: int, reading: Reading, known: set[int]) -> int:
    """Return where the capitalised run that begins at a word ends."""
    words = reading.words
    if not _name_word(at, reading, known):
        return at
    last = at + 1
    while (
        last < len(words) and last - at < _LONGEST and reading.between(last - 1, last) in {" ", "-", "'", "’"}
    ):
        if _name_word(last, reading, known):
            last += 1
        elif words[last].key in _PARTICLES and last + 1 < len(words) and _name_word(last + 1, reading, known):
            last += 2
        else:
            break
    return last


def _name_word(at: int, reading: Reading, known: set[int]) -> bool:
    word = reading.words[at]
    return (
        word.capital
        and word.text.isalpha()
        and not word.text.isupper()
        and at not in known
        and len(word.text) > 1
    )


def _in_form(at: int, reading: Reading, kind: str) -> bool:
    start = reading.words[at].start
    forms = listed("strangers", kind, "form").exact
    return any(line.start == start and tuple(line.key.split()) in forms for line in reading.lines)
