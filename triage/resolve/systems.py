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
from triage.resolve.lexicon import Phrases, listed, phrases
from triage.resolve.reading import Reading
from triage.resolve.spelling import keys
from triage.resolve.what import THINGS

_CREDENTIALS: Final = frozenset({"password_reset", "account_unlock", "mfa_reset"})
"""Labels whose object is an account: whose account it is decides everything."""
_SETTINGS: Final = frozenset({"profile_update", "automatic_replies", "calendar_permission"})
"""Labels about a setting of a person, which other systems have as well."""
_PEOPLE: Final = frozenset({"user_onboarding", "user_offboarding", "guest_invite", "shared_mailbox_create"})
"""Labels about people and places to be; other systems are part of the story there."""
_NEAR, _ADJACENT = 4, 2
"""So many words away a product, or a thing of another kind, still belongs to the noun."""
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
        return beside or _headline(named, reading) or _coded(reading)
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
    return next((system for _, system in named if not _grants(system, directory)), None)


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


def _coded(reading: Reading) -> System | None:
    """Return an unknown name right beside the noun (`ReportXpress account`, `Konto in LIMS`)."""
    words = reading.words
    for first, last in listed("systems", "nouns").among(words):
        prepositional = last < len(words) and words[last].key in _SMALL
        for at in (first - 1, *((last + 1,) if prepositional else ())):
            if 0 <= at < len(words) and _is_name(at, reading) and _joined(at, first, last, reading):
                return System(words[at].text)
    return None


_SMALL: Final = frozenset(
    "for in to on of im in fur zu zum bei de du pour dans en van voor del para w do da per".split()
)


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
