"""Compares what a replay resolved with what a row says is true: right, wrong, ambiguous or missing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from triage.domain.decision import Decision
from triage.domain.request import Request
from triage.domain.site import Site
from triage.playbooks.model import Kind, Playbook
from triage.resolve.directory import Directory, Person
from triage.resolve.spelling import keys
from triage.resolve.things import names_of

LABEL, PARAMETERS = "u_intent", "u_parameters"
"""Columns of a synthetic export with the truth: the label, and the parameters as JSON."""
_FREE: Final = frozenset({"display_name", "value", "job_title", "guest_name", "company", "department"})
"""Parameters that are names and numbers: case, accents and signs between the words do not matter."""


class Outcome(StrEnum):
    """How a parameter compares with the truth; `EXTRA` and `NONE` where the text does not hold it.

    `UNSAID` is what nobody could tell from the text: a first name that several near the caller bear, a
    product of which there are two. It counts as not held, unless it was resolved all the same.
    """

    RIGHT = "right"
    WRONG = "wrong"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"
    UNSAID = "unsaid"
    EXTRA = "extra"
    NONE = "none"


HELD: Final = (Outcome.RIGHT, Outcome.WRONG, Outcome.AMBIGUOUS, Outcome.MISSING)
"""The outcomes of parameters that the text holds."""


@dataclass(frozen=True)
class Compared:
    """One parameter of one ticket; `row` is the row of the export, `evidence` the words or candidates."""

    row: Mapping[str, str]
    label: str
    name: str
    required: bool
    outcome: Outcome
    truth: tuple[str, ...]
    found: tuple[str, ...]
    evidence: str


def compared(
    row: Mapping[str, str], resolved: Request | Decision, playbook: Playbook, directory: Directory, site: Site
) -> Iterator[Compared]:
    """Yield how each parameter of the playbook compares with the row's truth (column `u_parameters`)."""
    told = json.loads(row.get(PARAMETERS) or "{}")
    for name, rule in playbook.parameters.items():
        truth = values_of(name, told.get(name), site)
        parameter = resolved.parameters.get(name)
        found = values_of(name, parameter.values if parameter else (), site)
        outcome = _outcome(truth, found, ambiguous=name in resolved.ambiguous)
        if outcome in {Outcome.AMBIGUOUS, Outcome.MISSING} and not _is_said(rule.kind, truth, row, directory):
            outcome = Outcome.UNSAID
        evidence = parameter.evidence if parameter else " | ".join(resolved.ambiguous.get(name, ()))
        yield Compared(row, playbook.label, name, rule.required, outcome, truth, found, evidence)


def _outcome(truth: tuple[str, ...], found: tuple[str, ...], *, ambiguous: bool) -> Outcome:
    if not truth:
        return Outcome.EXTRA if found else Outcome.NONE
    if not found:
        return Outcome.AMBIGUOUS if ambiguous else Outcome.MISSING
    return Outcome.RIGHT if sorted(truth) == sorted(found) else Outcome.WRONG


def values_of(name: str, told: object, site: Site) -> tuple[str, ...]:
    """Return the value or values of a parameter as they are compared: free words folded, licences by SKU."""
    values = [str(one) for one in told] if isinstance(told, list | tuple) else [str(told)] if told else []
    if name == "license":
        skus = {title: sku for sku, title in site.license_names.items()}
        values = [skus.get(value, value) for value in values]
    return tuple(" ".join(keys(value)) if name in _FREE and "@" not in value else value for value in values)


def _is_said(kind: Kind, truth: tuple[str, ...], row: Mapping[str, str], directory: Directory) -> bool:
    """Say whether a text tells people and licences from others; of other kinds it always does."""
    written = " ".join(row.get(name, "") for name in ("short_description", "description", "variables"))
    text = f" {' '.join(keys(written))} "
    if kind is Kind.LICENSE:
        names = names_of(Kind.LICENSE, directory).phrases.items()
        alone = {
            things[0][0].name
            for words, things in names
            if len(things) == 1 and f" {' '.join(words)} " in text
        }
        return set(truth) <= alone
    if kind is not Kind.PERSON:
        return True
    people = [directory.by_address[one] for one in truth if one in directory.by_address]
    return all(one.upn == row["caller_id"] or _is_named(one, text, row, directory) for one in people)


def _is_named(person: Person, text: str, row: Mapping[str, str], directory: Directory) -> bool:
    """Say whether somebody is named in full, by account, or by a first name nobody near the caller shares."""
    given, surname = " ".join(keys(person.given)), " ".join(keys(person.surname))
    whole = (f"{given} {surname}", f"{surname} {given}", person.sam, person.employee_id)
    if f" {' '.join(keys(person.upn))} " in text:
        return True
    namesakes = [
        one
        for one in directory.people
        if one != person and (one.display_name == person.display_name or (one.sam and one.sam == person.sam))
    ]
    if any(f" {' '.join(keys(name))} " in text for name in whole if name):
        return not namesakes
    caller = directory.by_address.get(row["caller_id"])
    bearers = [one for one in directory.people if one.given == person.given]
    near = [one for one in bearers if caller and one.department == caller.department]
    return f" {given}" in text and (len(bearers) == 1 or near == [person])
