"""Finds one parameter: form fields first, then the words, then the caller, as the playbook allows."""

from __future__ import annotations

from dataclasses import dataclass

from triage.domain.site import Site
from triage.playbooks.model import Kind, ParameterRule
from triage.resolve.directory import Directory
from triage.resolve.finding import NOTHING, Finding
from triage.resolve.reading import Reading
from triage.resolve.who import Company, affected


@dataclass(frozen=True)
class Scene:
    """Everything one ticket is resolved against."""

    label: str
    reading: Reading
    directory: Directory
    site: Site
    company: Company


def find(name: str, rule: ParameterRule, scene: Scene) -> Finding:
    """Return what is found for the parameter `name`."""
    if rule.kind is Kind.PERSON:
        return affected(scene.company, several=rule.several, fallback="caller" in rule.sources)
    return NOTHING
