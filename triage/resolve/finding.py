"""What was found for one parameter: values with evidence, or candidates the words do not choose between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from triage.domain.request import Parameter, Source
from triage.resolve.directory import Person, Thing


@dataclass(frozen=True)
class Finding:
    """One parameter's outcome: `values` when clear, `candidates` when not, neither when nothing was said."""

    values: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    source: Source = Source.TEXT
    evidence: str = ""
    candidates: tuple[str, ...] = ()

    @property
    def parameter(self) -> Parameter | None:
        """The parameter as a request carries it, if there is a value."""
        if not self.values:
            return None
        value = self.values[0] if len(self.values) == 1 else self.values
        return Parameter(value=value, source=self.source, evidence=self.evidence, ids=self.ids)


NOTHING = Finding()


def people_found(people: Sequence[Person], source: Source, evidence: str) -> Finding:
    """Return a finding of these people: values are UPNs, ids object ids."""
    return Finding(tuple(one.upn for one in people), tuple(one.id for one in people), source, evidence)


def things_found(things: Sequence[Thing], source: Source, evidence: str) -> Finding:
    """Return a finding of these things by their official names."""
    return Finding(tuple(one.name for one in things), tuple(one.id for one in things), source, evidence)


def unclear(candidates: Sequence[Person] | Sequence[Thing]) -> Finding:
    """Return an ambiguous finding; candidates are named as values would be."""
    names = [one.upn if isinstance(one, Person) else one.name for one in candidates]
    return Finding(candidates=tuple(dict.fromkeys(names)))


def plain_value(value: str, source: Source, evidence: str) -> Finding:
    """Return a finding of one value that is no directory object."""
    return Finding((value,), (), source, evidence)


def in_field(found: Finding, name: str) -> Finding:
    """Return a finding as the value of the form's field `name`, which is part of the evidence."""
    if not found.values:
        return found
    return replace(found, source=Source.FIELD, evidence=f"{name}: {found.evidence}")
