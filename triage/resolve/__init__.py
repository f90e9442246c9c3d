"""Turns words into references: who, which group, which licence, which server, each with its evidence."""

from __future__ import annotations

from triage.domain.facts import Signal
from triage.domain.request import Parameter, Request
from triage.domain.site import Site
from triage.domain.ticket import Ticket
from triage.playbooks.model import Playbook
from triage.resolve.directory import Directory
from triage.resolve.find import Scene, find, things_asked
from triage.resolve.finding import Finding
from triage.resolve.question import question_for
from triage.resolve.reading import read_ticket
from triage.resolve.signals import signals_of
from triage.resolve.systems import other_system
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
    request = Request(
        label=label,
        language=reading.language,
        requester_id=reading.caller.id if reading.caller else "",
    )
    if playbook is None:
        return request
    things = things_asked(playbook, reading, directory)
    scene = Scene(playbook, reading, directory, site, company_of(reading, directory, things))
    request = request.model_copy(update=_asked(scene))
    signals = signals_of(ticket, label, reading, request, site)
    foreign = other_system(playbook, reading, directory, site, found=bool(things))
    if foreign is None:
        return request.model_copy(update={"signals": signals})
    meant = {"system": foreign.name, "system_team": foreign.team, "question": ""}
    return request.model_copy(update={"signals": (*signals, Signal.OTHER_SYSTEM), **meant})


def _asked(scene: Scene) -> dict[str, object]:
    """Return the fields of a request that its parameters fill."""
    findings: dict[str, Finding] = {}
    parameters: dict[str, Parameter] = {}
    for name, rule in scene.playbook.parameters.items():
        findings[name] = find(name, rule, scene, findings)
        parameter = findings[name].parameter
        if parameter is not None:
            parameters[name] = parameter
    ambiguous = {name: one.candidates for name, one in findings.items() if one.candidates}
    required = [name for name, rule in scene.playbook.parameters.items() if rule.required]
    missing = tuple(name for name in required if name not in parameters and name not in ambiguous)
    reading = scene.reading
    question = question_for(
        scene.playbook, missing, ambiguous, reading.language, inside=reading.caller is not None
    )
    return {"parameters": parameters, "ambiguous": ambiguous, "missing": missing, "question": question}
