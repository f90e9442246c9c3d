"""Joins the mentions of a text into the people meant, and narrows a first name to the one it can only be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.resolve.directory import Directory, Person
from triage.resolve.people import Form, Mention, find_people
from triage.resolve.reading import Reading
from triage.resolve.spelling import keys


@dataclass(frozen=True)
class Referent:
    """Somebody the text speaks of: who it may be (several: unclear; nobody: not in the directory) and where."""

    people: tuple[Person, ...]
    mentions: tuple[Mention, ...]

    @property
    def person(self) -> Person | None:
        """The one person meant, if that is clear."""
        return self.people[0] if len(self.people) == 1 else None

    @property
    def form(self) -> Form:
        """The surest way in which this person is named."""
        return min(mention.form for mention in self.mentions)


def find_referents(reading: Reading, directory: Directory) -> tuple[Referent, ...]:
    """Return everybody the text speaks of, in the order of the first mention."""
    mentions = find_people(reading, directory)
    sure = [mention for mention in mentions if mention.form < Form.SURNAME]
    groups: list[list[Mention]] = []
    for mention in sure:
        _join(groups, mention, _narrowed(mention, sure, reading, directory))
    for mention in mentions:
        if mention.form >= Form.SURNAME:
            _join(groups, mention, _short_for(mention, groups, reading, directory))
    joined = [Referent(_common(group), tuple(sorted(group, key=lambda m: m.first))) for group in groups]
    return tuple(sorted(joined, key=lambda referent: referent.mentions[0].first))


def _join(groups: list[list[Mention]], mention: Mention, people: tuple[Person, ...]) -> None:
    """Put a mention, now of these people, with the others of the same people."""
    settled = Mention(people, mention.form, mention.first, mention.last)
    for group in groups:
        if people and set(people) == set(_common(group)):
            group.append(settled)
            return
    groups.append([settled])


def _common(group: Sequence[Mention]) -> tuple[Person, ...]:
    return group[0].people


def _narrowed(
    mention: Mention, others: Sequence[Mention], reading: Reading, directory: Directory
) -> tuple[Person, ...]:
    """Narrow a name that several bear: by an address elsewhere in the text, else by the department beside it."""
    if len(mention.people) < 2:
        return mention.people
    for other in others:
        if len(other.people) == 1 and other.people[0] in mention.people:
            return other.people
    return _by_department(mention, mention.people, reading, directory) or mention.people


def _short_for(
    mention: Mention, groups: Sequence[Sequence[Mention]], reading: Reading, directory: Directory
) -> tuple[Person, ...]:
    """Say whom a first name or surname means: somebody named in full, the caller, or one of the own people."""
    full = [_common(group) for group in groups if set(_common(group)) & set(mention.people)]
    full = [people for people in full if len(people) == 1]
    if len(full) == 1:
        return full[0]
    if full or len(mention.people) == 1:
        return mention.people
    return (
        _by_department(mention, mention.people, reading, directory)
        or _own(mention.people, reading.caller)
        or mention.people
    )


def _by_department(
    mention: Mention, people: tuple[Person, ...], reading: Reading, directory: Directory
) -> tuple[Person, ...]:
    """Return the only one of `people` whose department stands within a few words of the mention."""
    around = [word.key for word in reading.words[max(0, mention.first - 4) : mention.last + 6]]
    text = " ".join(around)
    named = [name for name in directory.departments if f" {' '.join(keys(name))} " in f" {text} "]
    found = tuple(person for person in people if person.department in named)
    return found if len(found) == 1 else ()


def _own(people: tuple[Person, ...], caller: Person | None) -> tuple[Person, ...]:
    """Return the only one of `people` in the caller's team, else department; the caller comes first."""
    if caller is None:
        return ()
    if caller in people:
        return (caller,)
    reports = tuple(person for person in people if person.manager_id == caller.id)
    mates = tuple(p for p in people if p.manager_id and p.manager_id == caller.manager_id)
    department = tuple(p for p in people if p.department and p.department == caller.department)
    chief = tuple(person for person in people if person.id == caller.manager_id)
    return next((found for found in (reports, chief, mates, department) if len(found) == 1), ())
