"""Finds the people a text names: by address, account, employee id, full name (with typos), first name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final, TypeVar

from rapidfuzz.distance import OSA

from triage.resolve.directory import Directory, Person
from triage.resolve.given import is_given_name
from triage.resolve.inflection import bases
from triage.resolve.lexicon import listed
from triage.resolve.reading import Reading
from triage.resolve.spelling import Token, fold, keys, loose

_Key = TypeVar("_Key")
_Names = Mapping[tuple[str, ...], tuple[Person, ...]]

_ADDRESS: Final = re.compile(r"[\w.+'#-]*\w@\w[\w-]*(?:\.\w[\w-]*)+", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?<=[a-z])\d{1,2}$")
"""What tells the second `aobrien` from the first; people forget it, so the bare name may mean either."""
_LONGEST_NAME: Final = 6
_SHORTEST_TYPO: Final = 4
"""Words shorter than this are never taken for a misspelt name."""


class Form(IntEnum):
    """How somebody is named, the surest first."""

    ADDRESS = 0
    ACCOUNT = 1
    FULL = 2
    TYPO = 3
    ROLE = 4
    SURNAME = 5
    FIRST = 6


@dataclass(frozen=True)
class Mention:
    """A place that names somebody: who may be meant (nobody: an unknown address), and its words (indices)."""

    people: tuple[Person, ...]
    form: Form
    first: int
    last: int


@dataclass(frozen=True)
class _Index:
    accounts: Mapping[str, tuple[Person, ...]]
    full: _Names
    loose: _Names
    given: Mapping[str, tuple[Person, ...]]
    surname: _Names


@lru_cache(maxsize=4)
def _index(directory: Directory) -> _Index:
    """Index the names of a snapshot; snapshots are compared by identity."""
    accounts: dict[str, list[Person]] = defaultdict(list)
    full: dict[tuple[str, ...], list[Person]] = defaultdict(list)
    close: dict[tuple[str, ...], list[Person]] = defaultdict(list)
    given: dict[str, list[Person]] = defaultdict(list)
    surname: dict[tuple[str, ...], list[Person]] = defaultdict(list)
    for person in directory.people:
        for account in {fold(person.sam), _NUMBER.sub("", fold(person.sam)), fold(person.employee_id)} - {""}:
            accounts[account].append(person)
        for name in set(_full_names(person)):
            full[name].append(person)
            close[tuple(loose(word) for word in name)].append(person)
        if person.given and not person.service:
            given[keys(person.given)[0]].append(person)
        if person.surname and not person.service:
            surname[keys(person.surname)].append(person)
    return _Index(_frozen(accounts), _frozen(full), _frozen(close), _frozen(given), _frozen(surname))


def _full_names(person: Person) -> Iterator[tuple[str, ...]]:
    yield keys(person.display_name)
    given, surname = keys(person.given), keys(person.surname)
    if given and surname:
        yield from ((*given, *surname), (*surname, *given), (given[0], *surname), (*surname, given[0]))
        yield from ((given[0][0], *surname), (given[0], surname[-1]))
        joined = "".join(surname)
        yield from ((given[0], joined), (joined, given[0]))
    local = keys(person.upn.split("@")[0])
    if len(local) > 1 and not person.guest:
        yield local


def _frozen(found: Mapping[_Key, list[Person]]) -> dict[_Key, tuple[Person, ...]]:
    return {key: tuple(dict.fromkeys(people)) for key, people in found.items() if key}


def find_people(reading: Reading, directory: Directory) -> tuple[Mention, ...]:
    """Return everybody the text names, in the order of the text; no word belongs to two mentions."""
    index, words = _index(directory), reading.words
    taken: set[int] = set()
    found: list[Mention] = []
    for finder in (_addresses, _accounts, _full, _inflected, _typos, _roles, _short):
        for mention in finder(reading, directory, index, taken):
            span = set(range(mention.first, mention.last))
            if not span & taken:
                taken |= span
                found.append(mention)
    assert all(mention.last <= len(words) for mention in found)
    return tuple(sorted(found, key=lambda mention: mention.first))


def _addresses(reading: Reading, directory: Directory, _index: _Index, _taken: set[int]) -> Iterator[Mention]:
    """Yield addresses of the directory; an unknown one of our own domains names nobody, but names."""
    own = {person.upn.split("@")[-1].lower() for person in directory.people}
    for found in _ADDRESS.finditer(reading.text):
        address = found.group().lower().strip(".")
        inside = [i for i, word in enumerate(reading.words) if found.start() <= word.start < found.end()]
        person = directory.by_address.get(address)
        known = any(
            address in (box.name.lower(), box.mail) for box in (*directory.mailboxes, *directory.groups)
        )
        if inside and (person or (address.split("@")[-1] in own and not known)):
            yield Mention((person,) if person else (), Form.ADDRESS, inside[0], inside[-1] + 1)


def _accounts(reading: Reading, _directory: Directory, index: _Index, _taken: set[int]) -> Iterator[Mention]:
    for position, word in enumerate(reading.words):
        people = index.accounts.get(word.key)
        if people:
            yield Mention(people, Form.ACCOUNT, position, position + 1)


def _full(reading: Reading, _directory: Directory, index: _Index, taken: set[int]) -> Iterator[Mention]:
    """Yield full names, the longest first; a comma or hyphen may stand inside, no end of a sentence."""
    for length in range(_LONGEST_NAME, 1, -1):
        for first in range(len(reading.words) - length + 1):
            span = reading.words[first : first + length]
            if any(i in taken for i in range(first, first + length)) or not _together(reading, first, length):
                continue
            name = tuple(word.key for word in span)
            people = index.full.get(name) or index.loose.get(tuple(loose(key) for key in name))
            people = people or index.full.get((*name[:-1], _nominative(name[-1], span[-1])))
            if people:
                yield Mention(people, Form.FULL, first, first + length)


def _nominative(key: str, word: Token) -> str:
    """Take off the genitive s of German and careless English (`Schmidts Konto`)."""
    return key[:-1] if len(key) > 3 and key.endswith("s") and word.text[-1] == "s" else key


def _together(reading: Reading, first: int, length: int) -> bool:
    """Say whether the words may be one name: only blanks, a comma, a dot, an apostrophe or hyphen between."""
    return all(
        reading.between(i, i + 1).strip(" ") in {"", ",", ".", "-", "'", "’", "_"}
        and "\n" not in reading.between(i, i + 1)
        for i in range(first, first + length - 1)
    )


def _typos(reading: Reading, _directory: Directory, index: _Index, taken: set[int]) -> Iterator[Mention]:
    """Yield full names of which one part is right and the other nearly so, if only one person comes near."""
    for first in range(len(reading.words) - 1):
        if {first, first + 1} & taken or not _together(reading, first, 2):
            continue
        one, two = reading.words[first], reading.words[first + 1]
        people = _near(one, two, index) or _near(two, one, index)
        if len(people) == 1:
            yield Mention(people, Form.TYPO, first, first + 2)


def _inflected(reading: Reading, _directory: Directory, index: _Index, taken: set[int]) -> Iterator[Mention]:
    """Yield full names in a case of Polish (`dla Olgi Nowak`), if only one person fits."""
    if reading.language != "pl":
        return
    for length in (3, 2):
        for first in range(len(reading.words) - length + 1):
            span = reading.words[first : first + length]
            apart = {*range(first, first + length)} & taken or not _together(reading, first, length)
            if apart or not (span[0].capital and span[-1].capital):
                continue
            inner = tuple(word.key for word in span[1:-1])
            found = {
                person
                for given in bases(span[0].key)
                for surname in bases(span[-1].key)
                for person in index.full.get((given, *inner, surname), ())
            }
            if len(found) == 1:
                yield Mention(tuple(found), Form.FULL, first, first + length)


def _near(given: Token, surname: Token, index: _Index) -> tuple[Person, ...]:
    found = [p for p in index.given.get(given.key, ()) if _alike(surname.key, "".join(keys(p.surname)))]
    by_surname = index.surname.get((surname.key,), ())
    found += [p for p in by_surname if _alike(given.key, keys(p.given)[0] if p.given else "")]
    return tuple(dict.fromkeys(found))


def _alike(written: str, name: str) -> bool:
    """Say whether a word may be a misspelt name: one slip from five letters on, two from nine on."""
    if min(len(written), len(name)) < _SHORTEST_TYPO or written[0] != name[0]:
        return False
    allowed = 2 if len(name) >= 9 else 1
    return bool(OSA.distance(written, name, score_cutoff=allowed) <= allowed)


def _is_surname(position: int, reading: Reading) -> bool:
    """Say whether a given name is the surname of a stranger (`Jan Walter`)."""
    before = reading.words[position - 1] if position else None
    joined = position and reading.between(position - 1, position) == " "
    return bool(before and joined and before.capital and is_given_name(before))


def _roles(reading: Reading, directory: Directory, _index: _Index, taken: set[int]) -> Iterator[Mention]:
    """Yield where the sender speaks of their manager without a name: the directory knows who that is."""
    manager = directory.by_id.get(reading.caller.manager_id) if reading.caller else None
    for first, last in listed("people", "chief").among(reading.words):
        inside = reading.words[first].start < reading.form_start
        if manager is not None and inside and last not in taken and not _names_somebody(last, reading):
            yield Mention((manager,), Form.ROLE, first, last)


def _names_somebody(at: int, reading: Reading) -> bool:
    """Say whether a word may be the name that a role is said of (`my manager Tom`)."""
    follows = at < len(reading.words) and reading.between(at - 1, at) in {" ", ", ", " (", ": "}
    return follows and reading.words[at].capital and reading.words[at].text.isalpha()


def _short(reading: Reading, _directory: Directory, index: _Index, taken: set[int]) -> Iterator[Mention]:
    """Yield surnames behind a title and first names standing alone."""
    careless = reading.text == reading.text.lower()
    for position, word in enumerate(reading.words):
        if position in taken or not (word.capital or careless):
            continue
        titled = bool(listed("people", "titles").ends_at(reading.words, position))
        key, bare = word.key, _nominative(word.key, word)
        surname = index.surname.get((key,)) or index.surname.get((bare,))
        given = index.given.get(key) or index.given.get(bare)
        if titled and surname:
            yield Mention(surname, Form.SURNAME, position, position + 1)
        elif given and (initial := _initial(reading, position)):
            close = tuple(one for one in given if keys(one.surname)[0].startswith(initial))
            yield Mention(close, Form.FIRST, position, position + 2)
        elif given and _alone(reading, position, taken):
            yield Mention(given, Form.FIRST, position, position + 1)


def _initial(reading: Reading, position: int) -> str:
    """Return the initial of a surname that follows a first name (`Elena S.`), folded."""
    following = position + 1
    if following >= len(reading.words) or reading.between(position, following) != " ":
        return ""
    after = reading.words[following]
    told = len(after.text) == 1 and after.text.isalpha() and after.capital
    return after.key if told and reading.between(following, following + 1).startswith(".") else ""


def _alone(reading: Reading, position: int, taken: set[int]) -> bool:
    """Say whether a first name stands alone: no strange surname behind it, no everyday word like `Will`."""
    words = reading.words
    if listed("people", "everyday").length_at(words, position) and position in reading.breaks:
        return False
    if position - 1 not in taken and _is_surname(position, reading):
        return False
    following = position + 1
    if following >= len(words) or following in taken or reading.between(position, following) != " ":
        return True
    after = words[following]
    return (
        not after.capital
        or (after.text.isupper() and len(after.text) > 1)
        or bool(listed("people", "nouns").length_at(words, following))
    )
