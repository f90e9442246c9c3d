"""Tells when another system is meant than this tenant's Microsoft 365, Windows or Active Directory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from triage.domain.site import Site
from triage.playbooks.model import Kind, Playbook
from triage.resolve.directory import Directory
from triage.resolve.given import is_given_name
from triage.resolve.lexicon import Phrases, listed, phrases
from triage.resolve.patterns import flat, patterns, spoken
from triage.resolve.people import find_people
from triage.resolve.reading import Reading
from triage.resolve.spelling import keys
from triage.resolve.what import THINGS

_CREDENTIALS: Final = frozenset({"password_reset", "account_unlock", "mfa_reset"})
"""Labels whose object is an account: whose account it is decides everything."""
_SETTINGS: Final = frozenset({"profile_update", "automatic_replies", "calendar_permission"})
"""Labels about a setting of a person, which other systems have as well."""
_PEOPLE: Final = frozenset({"user_onboarding", "user_offboarding", "guest_invite", "shared_mailbox_create"})
"""Labels about people and places to be; other systems are part of the story there."""
_NEAR, _ADJACENT = 4, 3
"""So many words away a product, or a thing of another kind, still belongs to the noun."""
_LONGEST, _SHORTEST = 60, 2
"""Characters of a system's name: so many of it are shown, and no shorter word is taken for one."""
_UNNAMED: Final = "another system"
_CODED: Final = re.compile(r"[A-Z][a-z]+[A-Z]\w*|[a-z][A-Z][a-z]\w+|[A-Z]{3,6}")
"""Spellings that only names of systems have: ReportXpress, iManage, LIMS, SU01."""
_ORDINARY: Final = frozenset(
    "AD IT PC MFA OTP SMS PIN HR OWA M365 O365 ID TAP SSO VPN USB CEO CFO URGENT PLEASE ASAP OOO OOF RE FW WG"
    " AW TR INC RITM FYI NEW LAPTOP HELP CC UPN PW PWD AAD MS WLAN UTC CET TODAY NOW AGAIN STILL NOT ALL FAQ"
    " LG MFG VIP DC GPO NT AUTH NDR SD HD TLS KW IBAN EOD COB EMEA UK USA EU EXE PDF".split()
)


@dataclass(frozen=True)
class System:
    """Another system that seems to be meant; `team` owns it, as far as the site says so."""

    name: str
    team: str = ""


def other_system(
    playbook: Playbook, reading: Reading, directory: Directory, site: Site, *, found: bool
) -> System | None:
    """Return the other system the words are about, if they are.

    For accounts, it is the one named beside the password, account or lock; for things of the directory, a
    product named although nothing of ours is (`found` tells); for a setting of a person, one in the subject.
    """
    named = tuple(_named(reading, site, ("foreign", "careful")))
    if playbook.label in _CREDENTIALS:
        beside = _beside(named, reading, _NEAR) or _beside(_kinds(reading), reading, _ADJACENT)
        told = beside or _headline(named, reading) or _in_form(reading)
        return told or _coded(reading, _known(reading, directory, site)) or _ours_is_fine(reading)
    kinds = {rule.kind for rule in playbook.parameters.values()} & (THINGS - {Kind.DEVICE})
    if playbook.label in _SETTINGS:
        sources = listed("systems", "sources")
        return next(
            (
                system
                for at, system in named
                if reading.words[at].end <= reading.subject_end and not sources.length_at(reading.words, at)
            ),
            None,
        )
    if not kinds or found or playbook.label in _PEOPLE:
        return None
    told = next((system for _, system in named if not _grants(system, directory)), None)
    if told is None and Kind.LICENSE in kinds:
        return _coded(reading, _known(reading, directory, site))
    return told


def _known(reading: Reading, directory: Directory, site: Site) -> frozenset[int]:
    """Return the words (indices) that name people, groups, offices, departments or the company itself."""
    people = {i for mention in find_people(reading, directory) for i in range(mention.first, mention.last)}
    terms = (*directory.departments, *directory.offices, *(group.name for group in directory.groups))
    phrases_known = _site_phrases((*terms, site.organization))
    return frozenset(
        people | {i for first, last in phrases_known.among(reading.words) for i in range(first, last)}
    )


def _grants(system: System, directory: Directory) -> bool:
    """Say whether a group of the tenant is named for the system, and so is the way into it."""
    name = keys(system.name)
    return any(set(name) <= set(keys(group.name)) for group in directory.groups)


def _named(reading: Reading, site: Site, lists: tuple[str, ...]) -> Iterator[tuple[int, System]]:
    """Yield the foreign systems named in the words, with the index of the word; the site's own come first."""
    teams = {alias.casefold(): one for one in site.foreign_systems for alias in (one.name, *one.aliases)}
    sure = [(_site_phrases(tuple(teams)), False)] + [
        (listed("systems", one), one == "careful") for one in lists
    ]
    for found, careful in sure:
        for first, last in found.among(reading.words):
            word = reading.words[first]
            if word.start >= reading.form_start or (careful and not word.capital):
                continue
            words = reading.quote(word.start, reading.words[last - 1].end)
            owner = teams.get(words.casefold())
            yield first, System(owner.name if owner else words, owner.team if owner else "")


def _kinds(reading: Reading) -> tuple[tuple[int, System], ...]:
    """Return the things with a password or lock that no directory knows (Wi-Fi, bank, badge)."""
    return tuple(
        (first, System(reading.quote(reading.words[first].start, reading.words[last - 1].end)))
        for first, last in listed("systems", "kinds").among(reading.words)
        if reading.words[first].start < reading.form_start
        and not listed("systems", "shown").length_at(reading.words, last)
    )


@cache
def _site_phrases(names: tuple[str, ...]) -> Phrases:
    return phrases(names)


def _beside(named: tuple[tuple[int, System], ...], reading: Reading, near: int) -> System | None:
    """Return the system that stands beside what is asked for, unless something of ours stands nearer."""
    nouns = [first for first, _ in listed("systems", "nouns").among(reading.words)]
    own = [first for first, _ in listed("systems", "own").among(reading.words)]
    for at, system in named:
        sentence = reading.sentence(at)
        inside = [noun for noun in nouns if noun in sentence]
        distance = min((abs(at - noun) for noun in inside), default=near + 1)
        ours = min((abs(mine - noun) for mine in own for noun in inside if mine != noun), default=near + 1)
        if distance <= near and distance <= ours:
            return system
    return None


def _headline(named: tuple[tuple[int, System], ...], reading: Reading) -> System | None:
    """Return the system the subject is about, if it names none of ours."""
    own = listed("systems", "own").among(reading.words)
    if any(reading.words[at].end <= reading.subject_end for at, _ in own):
        return None
    return next((system for at, system in named if reading.words[at].end <= reading.subject_end), None)


def _in_form(reading: Reading) -> System | None:
    """Return what a line or field `System: ...` names, unless it is ours."""
    forms, own = listed("systems", "form").exact, listed("systems", "own")
    for line in reading.lines:
        inside = [i for i, word in enumerate(reading.words) if line.start <= word.start < line.end]
        if (
            tuple(line.key.split()) in forms
            and inside
            and not any(own.length_at(reading.words, i) for i in inside)
        ):
            return System(reading.quote(line.start, line.end)[:_LONGEST])
    return None


def _ours_is_fine(reading: Reading) -> System | None:
    """Return an unnamed system where the words say that Windows itself is in order."""
    fine = spoken(patterns("systems", "ours_fine"), flat(reading.text[: reading.form_start]))
    return System(_UNNAMED) if fine else None


def _coded(reading: Reading, names: frozenset[int]) -> System | None:
    """Return an unknown name right beside the noun (`ReportXpress account`, `Konto in LIMS`).

    Behind a preposition it need not look like code (`account in Trellowave`) where nouns have no capital;
    `names` are the words (indices) of people, places and departments.
    """
    words, into = reading.words, listed("systems", "into")
    for first, last in listed("systems", "nouns").among(words):
        length = into.length_at(words, last)
        article = listed("systems", "articles").length_at(words, last + length) if length else 0
        behind = last + length + article
        for at in (first - 1, *((behind,) if length else ())):
            if not 0 <= at < len(words) or not _joined(at, first, last, reading):
                continue
            if _is_name(at, reading) or (at == behind and _is_proper(at, reading, names)):
                return System(words[at].text)
    return None


def _is_proper(at: int, reading: Reading, names: frozenset[int]) -> bool:
    """Say whether a word with a capital is the name of something unknown: no person, place, day or noun."""
    words, word = reading.words, reading.words[at]
    if at in names or reading.language == "de" or not word.capital or word.start >= reading.form_start:
        return False
    own = listed("systems", "own").length_at(words, at)
    plain = (word.key,) in listed("strangers", "plain").exact or is_given_name(word)
    pair = at + 1 < len(words) and words[at + 1].capital and reading.between(at, at + 1) == " "
    return not own and not plain and not pair and word.text not in _ORDINARY and len(word.text) > _SHORTEST


def _joined(at: int, first: int, last: int, reading: Reading) -> bool:
    """Say whether only blanks or a hyphen stand between a name and the noun."""
    words = reading.words
    left, right = (at, first) if at < first else (last - 1, at)
    between = reading.text[words[left].end : words[right].start]
    return not re.search(r"[^\w\s-]|\n", between)


def _is_name(at: int, reading: Reading) -> bool:
    word = reading.words[at]
    if word.start >= reading.form_start or word.text in _ORDINARY or not _CODED.fullmatch(word.text):
        return False
    if listed("systems", "own").length_at(reading.words, at):
        return False
    line = reading.text[reading.text.rfind("\n", 0, word.start) + 1 :].split("\n", 1)[0]
    return line != line.upper()
