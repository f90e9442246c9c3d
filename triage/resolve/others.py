"""Finds the further people a label knows: who takes over, who leads, who vouches for a guest."""

from __future__ import annotations

from typing import Final

from triage.domain.request import Source
from triage.resolve.directory import Person
from triage.resolve.finding import NOTHING, Finding, people_found, unclear
from triage.resolve.lexicon import listed
from triage.resolve.lists import listed_with
from triage.resolve.marks import before_titles, line_of
from triage.resolve.parts import Part
from triage.resolve.people import Mention
from triage.resolve.reading import Reading
from triage.resolve.who import Company, quote

_GAP: Final = 1


def find_other(name: str, company: Company, taken: frozenset[str]) -> Finding:
    """Return the person the words give the part `name` (`delegate`, `manager`, `sponsor`).

    Args:
        name: the parameter; its cues are under the same name in data/others.yaml.
        company: the people of the ticket.
        taken: object ids of those who already have another part.
    """
    reading = company.reading
    found: dict[str, tuple[Person, str]] = {}
    for part in (one for one in company.parts if _has(name, one, reading)):
        for person in part.referent.people:
            if person.id not in taken:
                found[person.id] = (person, quote(part.referent, reading))
    if len(found) == 1:
        person, words = next(iter(found.values()))
        return people_found((person,), Source.TEXT, words)
    if found:
        return unclear([person for person, _ in found.values()])
    caller = reading.caller
    if caller is not None and caller.id not in taken:
        said = next(listed("others", name, "me").among(reading.words), None)
        if said:
            words = reading.quote(reading.words[said[0]].start, reading.words[said[1] - 1].end)
            return people_found((caller,), Source.TEXT, words)
    return NOTHING


def find_members(company: Company) -> Finding:
    """Return who is to use a mailbox to come: those named with access; where there are none, its owner.

    Who only agrees or stands aside gets nothing; who is listed with a member is one.
    """
    reading = company.reading
    named = [part for part in company.others if part.referent.people]
    owners = [part for part in named if _has("owner", part, reading)]
    sure = [part for part in named if part not in owners and not part.marks & _ASIDE]
    listed_too = [one for part in sure for one in listed_with(part, named, reading)]
    members = [part for part in named if part in sure or part in listed_too]
    chosen = members or owners
    if any(part.referent.person is None for part in chosen):
        return unclear([person for part in chosen for person in part.referent.people])
    cue = "me" if chosen else "owner_me"
    evidence = [quote(part.referent, reading) for part in chosen]
    people = [person for part in chosen for person in part.referent.people]
    said = next(listed("others", "members", cue).among(reading.words), None)
    if said and reading.caller is not None:
        people.append(reading.caller)
        evidence.append(reading.quote(reading.words[said[0]].start, reading.words[said[1] - 1].end))
    return people_found(people, Source.TEXT, "; ".join(evidence)) if people else NOTHING


def _has(name: str, part: Part, reading: Reading) -> bool:
    return any(_said(name, mention, reading) for mention in part.referent.mentions)


_ASIDE: Final = frozenset(
    {
        *(
            "approver before",
            "approver behind",
            "form approver",
            "model before",
            "model behind",
            "chief of caller",
        ),
        *("aside before", "aside behind", "leaving before", "leaving behind", "form quoted recipient"),
    }
)
"""Marks of people who are part of the story but do not get the mailbox."""


def _said(name: str, mention: Mention, reading: Reading) -> bool:
    line = line_of(mention, reading)
    if line is not None:
        return tuple(line.key.split()) in listed("others", name, "form").exact
    start = before_titles(mention, reading)
    before, behind = listed("others", name, "before"), listed("others", name, "behind")
    near = any(before.ends_at(reading.words, start - gap) for gap in range(_GAP + 1) if start > gap)
    return near or bool(behind.length_at(reading.words, mention.last))
