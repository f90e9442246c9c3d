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
    """Somebody the text speaks of: who it may be (several: unclear; nobody: a stranger) and where."""

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
    """Narrow a name that several bear: by an address elsewhere, else by a department beside it."""
    if len(mention.people) < 2:
        return mention.people
    for other in others:
        if len(other.people) == 1 and other.people[0] in mention.people:
            return other.people
    return _by_department(mention, mention.people, reading, directory) or mention.people


def _short_for(
    mention: Mention, groups: Sequence[Sequence[Mention]], reading: Reading, directory: Directory
) -> tuple[Person, ...]:
    """Say whom a first name or surname means: somebody named in full, the caller, or one who is near."""
    full = [_common(group) for group in groups if set(_common(group)) & set(mention.people)]
    full = [people for people in full if len(people) == 1]
    if len(full) == 1:
        return full[0]
    if full or len(mention.people) == 1:
        return mention.people
    return (
        _by_department(mention, mention.people, reading, directory)
        or _own(mention, reading, directory)
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


def _own(mention: Mention, reading: Reading, directory: Directory) -> tuple[Person, ...]:
    """Return the only one of those meant who is near the caller: chief, report, team or department.

    Somebody of the caller's own first name is the caller where the mail is signed, and another elsewhere.
    Those who ask for the whole company (HR, IT) have no department that would tell.
    """
    caller = reading.caller
    if caller is None:
        return ()
    if caller in mention.people and signs(mention, reading):
        return (caller,)
    wide = caller.department in directory.desks
    near = tuple(one for one in mention.people if one != caller and _near(one, caller, wide=wide))
    return near if len(near) == 1 else ()


def signs(mention: Mention, reading: Reading) -> bool:
    """Say whether a name stands as a signature does: on a line of its own, or at the very end."""
    before = reading.between(mention.first - 1, mention.first)
    behind = reading.between(mention.last - 1, mention.last)
    return ("\n" in before and "\n" in behind) or mention.last == len(reading.words) or "\n" in behind


def _near(person: Person, caller: Person, *, wide: bool) -> bool:
    return (
        caller.id == person.manager_id
        or person.id == caller.manager_id
        or bool(person.manager_id and person.manager_id == caller.manager_id)
        or bool(not wide and person.department and person.department == caller.department)
    )
