"""Finds one parameter: form fields first, then the words, then the caller, as the playbook allows."""

from __future__ import annotations

from dataclasses import dataclass

from triage.playbooks.model import Kind, ParameterRule, Playbook
from triage.resolve.directory import Directory
from triage.resolve.finding import NOTHING, Finding
from triage.resolve.reading import Reading
from triage.resolve.what import THINGS, Hit, find_hits, find_thing
from triage.resolve.who import Company, affected


@dataclass(frozen=True)
class Scene:
    """Everything one ticket is resolved against."""

    playbook: Playbook
    reading: Reading
    directory: Directory
    company: Company


def find(name: str, rule: ParameterRule, scene: Scene) -> Finding:
    """Return what is found for the parameter `name`."""
    if rule.kind is Kind.PERSON:
        fallback = "caller" in rule.sources
        return affected(scene.company, scene.playbook.flavour, several=rule.several, fallback=fallback)
    if rule.kind in THINGS:
        return find_thing(rule.kind, scene.reading, scene.directory, several=rule.several)
    return NOTHING


def things_asked(playbook: Playbook, reading: Reading, directory: Directory) -> tuple[Hit, ...]:
    """Return the places that name the things a playbook is about."""
    kinds = [rule.kind for rule in playbook.parameters.values() if rule.kind in THINGS]
    return tuple(hit for kind in kinds for hit in find_hits(kind, reading, directory))
