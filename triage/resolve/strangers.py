"""Finds people nobody in the directory is: a new colleague, a guest and the company they are from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from triage.domain.request import Source
from triage.domain.site import Site
from triage.resolve.finding import NOTHING, Finding, plain_value
from triage.resolve.given import is_given_name
from triage.resolve.lexicon import listed
from triage.resolve.reading import Reading
from triage.resolve.spelling import Token, fold, keys
from triage.resolve.who import Company

_ADDRESS: Final = re.compile(r"[\w.+'-]*\w@\w[\w-]*(?:\.\w[\w-]*)+", re.IGNORECASE)
_TURNED: Final = re.compile(r"([^\W\d_][\w' -]+), ([^\W\d_][\w' -]+)")
_NAME: Final = re.compile(r"[^\W\d_][\w' -]{1,40}")
_PARTICLES: Final = frozenset(
    "da de di do dos das del della van von der den ter ten la le el al bin ibn zu".split()
)
_LEAST, _LONGEST = 2, 4


def find_newcomer(company: Company) -> Finding:
    """Return the full name of somebody new: the capitalised words named the most often and clearly."""
    turned = _surname_first(company.reading) or _in_two_lines(company.reading)
    if turned:
        return plain_value(turned, Source.TEXT, turned)
    counts: Counter[str] = Counter()
    for at, name in _names(company):
        weight = 1 + 3 * bool(listed("strangers", "new", "before").ends_at(company.reading.words, at))
        weight += 2 * bool(
            listed("strangers", "new", "behind").length_at(company.reading.words, at + len(name.split()))
        )
        weight += 3 * _in_form(at, company.reading, "new") + 2 * is_given_name(company.reading.words[at])
        counts[name] += weight
    ranked = counts.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return Finding(candidates=tuple(name for name, _ in ranked)) if ranked else NOTHING
    return plain_value(ranked[0][0], Source.TEXT, ranked[0][0])


def _surname_first(reading: Reading) -> str:
    """Return the name of a form that has the surname first (`Name: Stein, Arjun`), turned round."""
    forms = listed("strangers", "new", "form").exact
    for line in reading.lines:
        found = _TURNED.fullmatch(reading.text[line.start : line.end].strip())
        if found and tuple(line.key.split()) in forms:
            return f"{found[2]} {found[1]}"
    return ""


def _in_two_lines(reading: Reading) -> str:
    """Return the name of a form that has a line for each part (`First name: Carlos`, `Last name: Franke`)."""
    parts = [
        next(
            (line for line in reading.lines if tuple(line.key.split()) in listed("strangers", kind).exact),
            None,
        )
        for kind in ("first_line", "last_line")
    ]
    values = [reading.text[line.start : line.end].strip() for line in parts if line is not None]
    return (
        " ".join(values) if len(values) == len(parts) and all(_NAME.fullmatch(one) for one in values) else ""
    )


def find_guest_mail(reading: Reading, site: Site, known: Sequence[str]) -> Finding:
    """Return the one outside address of the text; our own domains and known people are no guests."""
    found = dict.fromkeys(match.group().strip(".") for match in _ADDRESS.finditer(reading.text))
    guests = [one for one in found if outside(one, site) and one.lower() not in known]
    if len(guests) == 1:
        return plain_value(guests[0].lower(), Source.TEXT, guests[0])
    return Finding(candidates=tuple(guests)) if guests else NOTHING


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


def outside(address: str, site: Site) -> bool:
    """Say whether an address is of another domain than ours."""
    domain = address.lower().split("@")[1]
    return not any(domain == own or domain.endswith(f".{own}") for own in site.domains)


def _names(company: Company) -> Iterator[tuple[int, str]]:
    """Yield every run of two to four capitalised words (with particles) that is no known name or thing."""
    reading, words = company.reading, company.reading.words
    known = {
        index
        for part in company.parts
        if part.referent.people
        for mention in part.referent.mentions
        for index in range(mention.first, mention.last)
    }
    caller = set(keys(reading.caller.display_name)) if reading.caller else set()
    at = 0
    while at < len(words):
        last = _run(at, reading, known)
        first = _begin(at, last, words)
        name = {words[i].key for i in range(first, last)}
        if (
            last - first >= _LEAST
            and not any(plain(i, words) for i in range(first, last))
            and not name <= caller
        ):
            yield first, reading.text[words[first].start : words[last - 1].end]
        at = max(last, at + 1)


def _begin(at: int, last: int, words: Sequence[Token]) -> int:
    """Return where the name in a run begins: at the first given name, else behind the plain words."""
    given = next((i for i in range(at, last) if is_given_name(words[i])), None)
    if given is not None and last - given >= _LEAST:
        return given
    while at < last and (plain(at, words) or words[at].key in _PARTICLES):
        at += 1
    return at


def plain(at: int, words: Sequence[Token]) -> bool:
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
        elif (behind := _past_particles(last, reading)) > last and _name_word(behind, reading, known):
            last = behind + 1
        else:
            break
    return last


def _past_particles(at: int, reading: Reading) -> int:
    """Return the first word behind the particles (`van den`) that begin at a word, if any may follow."""
    words = reading.words
    while at + 1 < len(words) and words[at].key in _PARTICLES and reading.between(at, at + 1) == " ":
        at += 1
    return at


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
