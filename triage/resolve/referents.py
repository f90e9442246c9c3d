"""Joins the mentions of a text into the people meant, and narrows a first name to the one it can only be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from triage.resolve.directory import Directory, Person
from triage.resolve.people import Form, Mention, find_people
from triage.resolve.reading import Reading
from triage.resolve.spelling import keys
from triage.resolve.unknown import find_unknown


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


def find_referents(reading: Reading, directory: Directory, things: AbstractSet[int]) -> tuple[Referent, ...]:
    """Return everybody the text speaks of, in the order of the first mention.

    `things` are the words (indices) that name what is asked for; they name no strangers.
    """
    known = find_people(reading, directory)
    named = {index for mention in known for index in range(mention.first, mention.last)}
    unknown = tuple(find_unknown(reading, directory, named | things))
    groups: list[list[Mention]] = []
    sure = [mention for mention in known if mention.form < Form.SURNAME]
    for mention in sure:
        _join(groups, mention, _narrowed(mention, sure, reading, things))
    for mention in known:
        if mention.form >= Form.SURNAME and not _same_stranger(mention, unknown, reading):
            _join(groups, mention, _short_for(mention, groups, reading, directory, things))
    groups += _strangers(unknown, [one for one in known if _same_stranger(one, unknown, reading)], reading)
    joined = [Referent(_common(group), tuple(sorted(group, key=lambda m: m.first))) for group in groups]
    return tuple(sorted(joined, key=lambda referent: referent.mentions[0].first))


def _strangers(
    unknown: Sequence[Mention], short: Sequence[Mention], reading: Reading
) -> Iterator[list[Mention]]:
    """Yield the mentions of each stranger: the same words, and the first name or surname alone."""
    groups: dict[tuple[str, ...], list[Mention]] = {}
    for mention in unknown:
        groups.setdefault(_words(mention, reading), []).append(mention)
    for name, group in groups.items():
        yield [*group, *(replace(one, people=()) for one in short if set(_words(one, reading)) <= set(name))]


def _same_stranger(mention: Mention, unknown: Sequence[Mention], reading: Reading) -> bool:
    """Say whether a first name or surname alone is that of a stranger named in full elsewhere."""
    if mention.form < Form.SURNAME:
        return False
    name = set(_words(mention, reading))
    return any(one.form is Form.FULL and name <= set(_words(one, reading)) for one in unknown)


def _words(mention: Mention, reading: Reading) -> tuple[str, ...]:
    return tuple(word.key for word in reading.words[mention.first : mention.last])


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
    mention: Mention, others: Sequence[Mention], reading: Reading, things: AbstractSet[int]
) -> tuple[Person, ...]:
    """Narrow a name that several bear: by an address elsewhere, else by a department beside it.

    Who writes down an account or signs with a name that is also somebody else's means their own.
    """
    if len(mention.people) < 2:
        return mention.people
    for other in others:
        if len(other.people) == 1 and other.people[0] in mention.people:
            return other.people
    caller = reading.caller
    own = mention.form is Form.ACCOUNT or signs(mention, reading)
    if caller is not None and caller in mention.people and own:
        return (caller,)
    return _by_entry(mention, reading, things) or mention.people


def _short_for(
    mention: Mention,
    groups: Sequence[Sequence[Mention]],
    reading: Reading,
    directory: Directory,
    things: AbstractSet[int],
) -> tuple[Person, ...]:
    """Say whom a first name or surname means: somebody named in full, the caller, or one who is near."""
    full = [_common(group) for group in groups if set(_common(group)) & set(mention.people)]
    full = [people for people in full if len(people) == 1]
    if len(full) == 1:
        return full[0]
    if full or len(mention.people) == 1:
        return mention.people
    return _by_entry(mention, reading, things) or _own(mention, reading, directory) or mention.people


def _by_entry(mention: Mention, reading: Reading, things: AbstractSet[int]) -> tuple[Person, ...]:
    """Return the only one of those meant whose department, job title or office stands beside the mention.

    What names a thing (`the Finance share`) says nothing of who is meant.
    """
    near = range(max(0, mention.first - 4), min(mention.last + 6, len(reading.words)))
    around = ("," if at in things else reading.words[at].key for at in near)
    text = f" {' '.join(around)} "
    for told in ("department", "job_title", "office"):
        entries = {person: " ".join(keys(str(getattr(person, told)))) for person in mention.people}
        found = tuple(person for person, entry in entries.items() if entry and f" {entry} " in text)
        if len(found) == 1 and len({*entries.values()}) > 1:
            return found
    return ()


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
    close = tuple(one for one in mention.people if one != caller and near(one, caller, wide=wide))
    return close if len(close) == 1 else ()


def signs(mention: Mention, reading: Reading) -> bool:
    """Say whether a name stands as a signature does: on a line of its own, or at the very end."""
    before = reading.between(mention.first - 1, mention.first)
    behind = reading.between(mention.last - 1, mention.last)
    return ("\n" in before and "\n" in behind) or mention.last == len(reading.words) or "\n" in behind


def near(person: Person, caller: Person, *, wide: bool) -> bool:
    """Say whether two work together: chief and report, or one department, of a `wide` one the same team."""
    same_department = bool(person.department) and person.department == caller.department
    same_team = bool(person.manager_id) and person.manager_id == caller.manager_id
    return (
        caller.id == person.manager_id
        or person.id == caller.manager_id
        or (same_department and (same_team or not wide))
    )
