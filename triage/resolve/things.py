"""Names of groups, licences, mailboxes, shares, servers, services and devices, and how sure each one is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from triage.playbooks.model import Kind
from triage.resolve.directory import Directory, Thing
from triage.resolve.lexicon import read
from triage.resolve.spelling import keys

_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GENERIC: Final = frozenset(
    "sg fs all the users user team project rw ro sync dl grp gg lg ug group list".split()
)


class Sure(IntEnum):
    """How surely words name a thing."""

    HINT = 0
    """An everyday word that is part of the name: it only counts beside a noun of the kind."""
    WORD = 1
    """A name that is an everyday word: it counts beside a noun of the kind, or written with a capital."""
    PART = 2
    """A telling part of the name, or a name that is an everyday word as well."""
    NAME = 3
    """The whole name, its address or path, or an unmistakable alias."""


@dataclass(frozen=True)
class Names:
    """The phrases that name things of one kind: folded words to the things and how sure that is."""

    phrases: Mapping[tuple[str, ...], tuple[tuple[Thing, Sure], ...]]
    longest: int

    def at(self, words: Sequence[str]) -> tuple[tuple[Thing, Sure], ...]:
        """Return what these words name."""
        return self.phrases.get(tuple(words), ())


def things_of(kind: Kind, directory: Directory) -> tuple[Thing, ...]:
    """Return all things of a kind."""
    return {
        Kind.GROUP: directory.groups,
        Kind.LICENSE: directory.licenses,
        Kind.MAILBOX: directory.mailboxes,
        Kind.SHARE: directory.shares,
        Kind.SERVER: directory.servers,
        Kind.SERVICE: directory.services,
        Kind.DEVICE: directory.devices,
    }.get(kind, ())


@lru_cache(maxsize=32)
def names_of(kind: Kind, directory: Directory) -> Names:
    """Index the names of a kind; snapshots are compared by identity."""
    found: dict[tuple[str, ...], dict[Thing, Sure]] = defaultdict(dict)
    for thing in things_of(kind, directory):
        own = ((keys(alias), Sure.NAME) for alias in thing.aliases)
        for words, sure in (*_NAMERS[kind](thing), *own):
            if words:
                found[words][thing] = max(sure, found[words].get(thing, Sure.HINT))
    frozen = {words: tuple(things.items()) for words, things in found.items()}
    return Names(frozen, max((len(words) for words in frozen), default=0))


def _split(name: str) -> tuple[str, ...]:
    """Return the words of a name with its humps apart: `WmsGateway` -> wms gateway."""
    return keys(_HUMP.sub(" ", name))


def _group_names(group: Thing) -> Iterator[tuple[tuple[str, ...], Sure]]:
    for words in dict.fromkeys((keys(group.name), _split(group.name))):
        yield words, Sure.NAME
        bare = tuple(word for word in words if word not in {"sg", "fs"})
        yield bare, Sure.NAME if len(bare) > 1 else Sure.PART
        telling = tuple(word for word in words if word not in _GENERIC)
        yield telling, Sure.PART if len(telling) > 1 else Sure.HINT
        yield from ((words, Sure.HINT) for words in _translated(telling))
    yield keys(group.mail.split("@")[0]), Sure.NAME if group.mail and "-" in group.mail else Sure.PART


def _mailbox_names(mailbox: Thing) -> Iterator[tuple[tuple[str, ...], Sure]]:
    title, local = keys(mailbox.title), keys(mailbox.mail.split("@")[0])
    for words in (title, local):
        yield words, Sure.NAME if len(words) > 1 else Sure.WORD
        telling = tuple(word for word in words if word not in {"inbox", "mailbox", "office"})
        yield telling, Sure.HINT
    yield from ((words, Sure.HINT) for words in _translated(title))


def _share_names(share: Thing) -> Iterator[tuple[tuple[str, ...], Sure]]:
    last = keys(share.name.rsplit("\\", maxsplit=1)[-1])
    yield keys(share.name), Sure.NAME
    yield last, Sure.PART if len(last) > 1 else Sure.HINT
    yield from ((words, Sure.HINT) for words in _translated(last))


def _license_names(license_: Thing) -> Iterator[tuple[tuple[str, ...], Sure]]:
    names, context = read("licenses")["names"], read("licenses")["context"]
    yield keys(license_.name), Sure.NAME
    yield keys(license_.title), Sure.NAME
    for alias in names.get(license_.name, ()):
        words = keys(alias)
        yield words, Sure.NAME if len(words) > 1 or words[0][-1:].isdigit() else Sure.PART
    for alias in context.get(license_.name, ()):
        yield keys(alias), Sure.HINT


def _machine_names(machine: Thing) -> Iterator[tuple[tuple[str, ...], Sure]]:
    words = keys(machine.name)
    yield words, Sure.NAME
    yield ("".join(words),), Sure.NAME
    if len(words) > 2:
        yield words[1:], Sure.PART
        yield ("".join(words[1:]),), Sure.PART


def _service_names(service: Thing) -> Iterator[tuple[tuple[str, ...], Sure]]:
    yield keys(service.name), Sure.NAME
    yield _split(service.name), Sure.NAME
    for alias in read("things")["services"].get(service.name, ()):
        yield keys(alias), Sure.NAME
    for part in _split(service.name):
        yield (part,), Sure.HINT
        yield from ((words, Sure.HINT) for words in _translated((part,)))
    for hint in read("things")["service_hints"].get(service.name, ()):
        yield keys(hint), Sure.HINT


def _translated(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield how a name is called in other languages."""
    meant = " ".join(words)
    for english, others in read("things")["translations"].items():
        if keys(english) == words or (len(words) > 1 and english in meant):
            yield from (keys(other) for other in others)


_NAMERS = {
    Kind.GROUP: _group_names,
    Kind.MAILBOX: _mailbox_names,
    Kind.SHARE: _share_names,
    Kind.LICENSE: _license_names,
    Kind.SERVER: _machine_names,
    Kind.DEVICE: _machine_names,
    Kind.SERVICE: _service_names,
}
