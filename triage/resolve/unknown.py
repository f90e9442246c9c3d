"""Finds names of people whom the directory does not know: what they need is not asked for the caller."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from triage.resolve.directory import Directory
from triage.resolve.given import given_names, is_given_name
from triage.resolve.language import small_words
from triage.resolve.lexicon import listed
from triage.resolve.people import Form, Mention
from triage.resolve.reading import Reading
from triage.resolve.spelling import Token, keys

_LONGEST: Final = 4
_CUE_GAP: Final = 3
"""A new name stands less than so many words behind the words that announce it."""
_SHORTEST_CAPITALS: Final = 4
"""Shorter words in capitals are abbreviations, whoever else is called so."""
_CAPITALISING: Final = frozenset({"de"})
"""Languages that write every noun with a capital: only a title tells a name there."""
_PARTICLES: Final = frozenset(
    "da de di do dos das del della van von der den ter ten la le el al bin ibn zu".split()
)


@dataclass(frozen=True)
class _Known:
    """Folded given names and surnames that people of the directory bear; others may bear them as well."""

    given: frozenset[str]
    surnames: frozenset[str]


@lru_cache(maxsize=4)
def _known(directory: Directory) -> _Known:
    """Index a snapshot; snapshots are compared by identity."""
    people = [person for person in directory.people if person.given and person.surname]
    given = frozenset(keys(person.given)[0] for person in people)
    return _Known(given - given_names("words"), frozenset(keys(person.surname)[-1] for person in people))


def find_unknown(reading: Reading, directory: Directory, taken: AbstractSet[int]) -> Iterator[Mention]:
    """Yield names of strangers; `taken` are the words (indices) that name somebody or something known.

    A given name with a surname is a name anywhere, one alone where it is no greeting or signature, and
    capitalised words without a given name only where nothing but a person can be meant.
    """
    known, at = _known(directory), 0
    while at < len(reading.words):
        last = at if at in taken else _name_end(at, reading, known, taken)
        if last > at and not _renamed(at, reading, taken):
            form = Form.FULL if last - at > 1 else _form_of_one(reading.words[at])
            yield Mention((), form, at, last)
        at = max(last, at + 1)


def _renamed(at: int, reading: Reading, taken: AbstractSet[int]) -> bool:
    """Say whether a name is the new one of somebody known (`I am now Olga Gatti`, `surname: Gatti`)."""
    bearers = set(keys(reading.caller.given)) if reading.caller else set()
    bearers |= {reading.words[index].key for index in taken}
    sure, cue = listed("profile", "renamed"), listed("profile", "surname")
    before = [at - gap for gap in range(_CUE_GAP) if at > gap]
    if any(sure.ends_at(reading.words, place) for place in before):
        return True
    return reading.words[at].key in bearers and any(cue.ends_at(reading.words, place) for place in before)


def _form_of_one(word: Token) -> Form:
    return Form.FIRST if word.capital else Form.ACCOUNT


def _name_end(at: int, reading: Reading, known: _Known, taken: AbstractSet[int]) -> int:
    """Return where the name that begins at a word ends; `at` itself when none begins there."""
    words = reading.words
    end = _run(at, reading, taken)
    if end == at:
        return _careless(at, reading, known, taken)
    if _has_account(end, reading, taken):
        return at
    if _given(words[at], known):
        if end - at > 1:
            return end
        return at + 1 if _stands_alone(at, reading) else at
    if _reversed(at, reading, known, taken):
        return at + 2
    titled = at not in reading.breaks and listed("people", "addresses").ends_at(words, at)
    return end if titled or (end - at > 1 and _only_a_person(at, reading)) else at


def _has_account(end: int, reading: Reading, taken: AbstractSet[int]) -> bool:
    """Say whether the account of somebody known follows in brackets: the name, however written, is theirs."""
    return end in taken and reading.between(end - 1, end) in {" (", " <", " [", " / ", ", "}


def _careless(at: int, reading: Reading, known: _Known, taken: AbstractSet[int]) -> int:
    """Return the end of a name in small letters: an account made of a surname, or given name and surname."""
    words, end = reading.words, at + 2
    key = words[at].key
    if words[at].capital:
        return at
    if key[1:] in known.surnames and len(key) > _SHORTEST_CAPITALS and key not in known.surnames:
        return at + 1
    if end > len(words) or at + 1 in taken or not _given(words[at], known):
        return at
    joined = reading.between(at, at + 1) in {" ", "."} and words[at + 1].text.isalpha()
    told = words[at + 1].key in known.surnames
    placed = words[at + 1].text not in small_words() and _person_in_place(at, end, reading)
    return end if joined and (told or placed) else at


def _given(word: Token, known: _Known) -> bool:
    return word.key in known.given or is_given_name(word)


def _stands_alone(at: int, reading: Reading) -> bool:
    """Say whether a first name alone speaks of somebody: no greeting, no signature, no new name to be."""
    words = reading.words
    if _person_in_place(at, at + 1, reading):
        return True
    greeting = (listed("people", "greetings"), listed("profile", "surname"), listed("profile", "givenName"))
    if any(one.ends_at(words, at) for one in greeting):
        return False
    follows = at + 1 < len(words) and "\n" not in reading.between(at, at + 1) and words[at + 1].text.isalpha()
    lonely = "\n" in reading.between(at - 1, at) and reading.between(at, at + 1).startswith(",")
    return follows and not lonely


def _run(at: int, reading: Reading, taken: AbstractSet[int]) -> int:
    """Return where the run of words that may be a name, particles between them, ends."""
    words = reading.words
    if not _name_word(at, reading, taken):
        return at
    end = at + 1
    while end < len(words) and end - at < _LONGEST and reading.between(end - 1, end) in {" ", "-", "'", "’"}:
        if _name_word(end, reading, taken):
            end += 1
        elif words[end].key in _PARTICLES and end + 1 < len(words) and _name_word(end + 1, reading, taken):
            end += 2
        else:
            break
    return end


def _name_word(at: int, reading: Reading, taken: AbstractSet[int]) -> bool:
    word = reading.words[at]
    if at in taken or not word.capital or not word.text.isalpha() or len(word.text) < 2:
        return False
    if word.text.isupper() and len(word.text) < _SHORTEST_CAPITALS:
        return False
    known = (listed("strangers", "plain"), listed("people", "nouns"), listed("people", "everyday"))
    return not any((word.key,) in words.exact for words in known)


def _reversed(at: int, reading: Reading, known: _Known, taken: AbstractSet[int]) -> bool:
    """Say whether a surname stands before a given name (`Wagner, Lotte`)."""
    behind = at + 1
    return (
        behind < len(reading.words)
        and reading.between(at, behind) == ", "
        and _name_word(behind, reading, taken)
        and _given(reading.words[behind], known)
        and _person_in_place(at, at + 2, reading)
    )


def _person_in_place(first: int, last: int, reading: Reading) -> bool:
    """Say whether the words around speak of somebody for whom something is asked, or who is in trouble."""
    words = reading.words
    before, behind = listed("people", "beneficiary", "before"), listed("people", "beneficiary", "behind")
    said = before.ends_at(words, first) and "\n" not in reading.between(first - 1, first)
    titled = listed("people", "titles").ends_at(words, first) and first not in reading.breaks
    follows = last < len(words) and reading.between(last - 1, last) == " "
    return bool(said or titled or (follows and behind.length_at(words, last)))


def _only_a_person(at: int, reading: Reading) -> bool:
    """Say whether a title stands before, or a cue in a language that writes few words with a capital."""
    if at in reading.breaks or reading.between(at - 1, at) not in {" ", ". "}:
        return False
    if listed("people", "addresses").ends_at(reading.words, at):
        return True
    cue = listed("people", "beneficiary", "before").ends_at(reading.words, at)
    return bool(cue) and reading.language not in _CAPITALISING
