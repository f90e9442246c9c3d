"""What is asked: parameters with their provenance, what is missing, what is ambiguous."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from actions.vocabulary import Frozen


class Source(StrEnum):
    """Where a parameter came from; the policy decides by it."""

    CALLER = "caller"
    FIELD = "field"
    TEXT = "text"


class Parameter(Frozen):
    """One resolved parameter.

    Attributes:
        value: what people see (UPN, skuPartNumber, displayName, address, ISO date), or several of them.
        source: where it came from.
        evidence: the quoted words or the field's name.
        ids: immutable ids of the directory objects meant, in the order of the values; empty for plain values.
    """

    value: str | tuple[str, ...]
    source: Source
    evidence: str = ""
    ids: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """The value as a tuple, also when there is only one."""
        return (self.value,) if isinstance(self.value, str) else self.value


class Request(Frozen):
    """A label with the parameters its playbook needs.

    `ambiguous` maps a parameter to the candidates found; neither a missing nor an ambiguous one is in
    `parameters`. `signals` are marks found in the words (see `triage.domain.facts.Signal`). `system` is
    another system that seems to be meant, with the team that owns it if the site says so. `question` asks the
    requester for the first thing that is unclear, in `language` (ISO 639-1), the one of the ticket.
    `requester_id` is the object id of the one person the ITSM names as caller, empty when that is nobody in
    the directory.
    """

    label: str
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    ambiguous: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    signals: tuple[str, ...] = ()
    system: str = ""
    system_team: str = ""
    question: str = ""
    language: str = "en"
    requester_id: str = ""
