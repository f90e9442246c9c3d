"""Turns words into references: who, which group, which licence, which server, each with its evidence."""

from __future__ import annotations

from triage.domain.request import Parameter, Request
from triage.domain.site import Site
from triage.domain.ticket import Ticket
from triage.playbooks.model import Playbook
from triage.resolve.directory import Directory
from triage.resolve.find import Scene, find, things_asked
from triage.resolve.reading import read_ticket
from triage.resolve.who import company_of

__all__ = ["resolve"]


def resolve(
    ticket: Ticket, label: str, playbook: Playbook | None, directory: Directory, site: Site
) -> Request:
    """Return what a ticket of this label asks for.

    Free text becomes a parameter only as a reference to exactly one object of the directory or as a bounded
    value; whatever is unclear is listed as missing or ambiguous, and the requester's question is worded.
    """
    reading = read_ticket(ticket, directory)
    requester_id = reading.caller.id if reading.caller else ""
    if playbook is None:
        return Request(label=label, language=reading.language, requester_id=requester_id)
    company = company_of(reading, directory, things_asked(playbook, reading, directory))
    scene = Scene(playbook, reading, directory, company)
    found: dict[str, Parameter] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    missing: list[str] = []
    for name, rule in playbook.parameters.items():
        finding = find(name, rule, scene)
        if finding.parameter is not None:
            found[name] = finding.parameter
        elif finding.candidates:
            ambiguous[name] = finding.candidates
        elif rule.required:
            missing.append(name)
    return Request(
        label=label,
        parameters=found,
        missing=tuple(missing),
        ambiguous=ambiguous,
        language=reading.language,
        requester_id=requester_id,
    )
