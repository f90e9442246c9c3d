"""Finds one parameter: form fields first, then the words, then the caller, as the playbook allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from triage.domain.request import Source
from triage.domain.site import Site
from triage.playbooks.model import Kind, ParameterRule, Playbook
from triage.resolve.bounded import BOUNDED, find_bounded
from triage.resolve.choices import find_choice
from triage.resolve.directory import Directory
from triage.resolve.finding import NOTHING, Finding, in_field, plain_value, unclear
from triage.resolve.mailbox_names import find_mailbox_name, find_new_address
from triage.resolve.others import find_members, find_other
from triage.resolve.profile import find_attribute, find_entries, find_term, find_value
from triage.resolve.reading import FormLine, Reading
from triage.resolve.spelling import keys
from triage.resolve.strangers import (
    find_guest_company,
    find_guest_mail,
    find_guest_name,
    find_newcomer,
)
from triage.resolve.what import THINGS, Hit, find_hits, find_thing
from triage.resolve.when import find_date
from triage.resolve.who import Company, Role, find_pair, find_role

_LONGEST_VALUE: Final = 2000
"""Characters of a field that become a value; a message of absence is about as long."""


@dataclass(frozen=True)
class Scene:
    """Everything one ticket is resolved against."""

    playbook: Playbook
    reading: Reading
    directory: Directory
    site: Site
    company: Company


def find(name: str, rule: ParameterRule, scene: Scene, earlier: Mapping[str, Finding]) -> Finding:
    """Return what is found for the parameter `name`; `earlier` are the findings of those before it."""
    if rule.kind is Kind.PERSON:
        return _person(name, rule, scene, earlier)
    if name in {"attribute", "value"}:
        return _entry(name, scene, earlier)
    field = scene.reading.field(rule.sources)
    given = _in_field(name, rule, scene, field) if field else NOTHING
    if given != NOTHING or "text" not in rule.sources:
        return given
    return _in_words(name, rule, scene, earlier)


def _in_field(name: str, rule: ParameterRule, scene: Scene, field: FormLine) -> Finding:
    """Return what one field of the form holds: it needs no word that says what its value is."""
    reading, directory = scene.reading.only(field), scene.directory
    if scene.playbook.own and rule.kind in BOUNDED:
        found = find_bounded(rule, reading)
    elif rule.kind in THINGS:
        found = find_thing(rule.kind, reading, directory, several=rule.several, told=True)
    elif rule.kind is Kind.DATE:
        found = find_date(name, reading, lone=True)
    elif rule.kind is Kind.ENUM:
        found = find_choice(name, scene.playbook.label, reading, rule.values)
    elif rule.kind is Kind.MAIL:
        found = _wording(name, replace(scene, reading=reading), {})
    else:
        found = plain_value(reading.text[:_LONGEST_VALUE], Source.FIELD, reading.text[:_LONGEST_VALUE])
    return in_field(found, field.name)


def _in_words(name: str, rule: ParameterRule, scene: Scene, earlier: Mapping[str, Finding]) -> Finding:
    """Return what the words say, or what holds when they say nothing."""
    reading = scene.reading
    if scene.playbook.own and rule.kind in BOUNDED:
        return find_bounded(rule, reading)
    if rule.kind is Kind.MAILBOX:
        shared = find_thing(rule.kind, reading, scene.directory, several=rule.several)
        return shared if shared != NOTHING else _personal_mailbox(scene)[0]
    if rule.kind in THINGS:
        return find_thing(rule.kind, reading, scene.directory, several=rule.several)
    if rule.kind is Kind.DATE:
        ended = earlier.get("state", NOTHING).values == ("disabled",)
        return NOTHING if ended else find_date(name, reading, lone=rule.required)
    if rule.kind is Kind.ENUM:
        found = find_choice(name, scene.playbook.label, reading, rule.values)
        return found if found != NOTHING or not rule.default else plain_value(rule.default, Source.TEXT, "")
    return _wording(name, scene, earlier)


def _entry(name: str, scene: Scene, earlier: Mapping[str, Finding]) -> Finding:
    """Return which entries of a profile change, or to what."""
    entries = find_entries(scene.company, scene.directory, earlier.get("user", NOTHING))
    return find_attribute(entries, scene.reading) if name == "attribute" else find_value(entries)


def _wording(name: str, scene: Scene, earlier: Mapping[str, Finding]) -> Finding:
    """Return what only the words have: names to come and addresses."""
    company, reading, site = scene.company, scene.reading, scene.site
    mail = earlier.get("guest_mail", NOTHING)
    known = tuple(scene.directory.by_address)
    if name == "display_name" and scene.playbook.label == "user_onboarding":
        return find_newcomer(company)
    finders: dict[str, Callable[[], Finding]] = {
        "display_name": lambda: find_mailbox_name(reading),
        "mailbox": lambda: find_new_address(reading, site, known),
        "guest_mail": lambda: find_guest_mail(reading, site, known),
        "guest_name": lambda: find_guest_name(company, mail),
        "company": lambda: find_guest_company(reading, mail),
        "job_title": lambda: find_term("job_title", reading, scene.directory),
        "department": lambda: find_term("department", reading, scene.directory),
    }
    return finders[name]() if name in finders else NOTHING


def _person(name: str, rule: ParameterRule, scene: Scene, earlier: Mapping[str, Finding]) -> Finding:
    """Return the person a parameter means: the one affected, or one with a part of their own."""
    company, fallback = scene.company, "caller" in rule.sources
    label, flavour = scene.playbook.label, scene.playbook.flavour
    if name == "calendar_owner" or (name == "trustee" and "calendar_owner" in earlier):
        roles = (Role("calendar_owner", label, flavour), Role("calendar_trustee", label, flavour))
        several = scene.playbook.parameters["trustee"].several
        owner, trustee = find_pair(company, *roles, several=several)
        return _named_clearly(owner, scene.directory) if name == "calendar_owner" else trustee
    if name in {"delegate", "manager", "sponsor"}:
        return find_other(name, company, frozenset(one for found in earlier.values() for one in found.ids))
    if name == "user" and scene.playbook.label == "automatic_replies":
        shared = find_thing(Kind.MAILBOX, scene.reading, scene.directory, several=False)
        if shared != NOTHING and not any(part.referent.people for part in company.others):
            return shared
    if scene.playbook.label == "shared_mailbox_create":
        return find_members(company)
    if "mailbox" in earlier and not any("@" in one for one in earlier["mailbox"].ids):
        return _personal_mailbox(scene)[1]
    role = Role("affected", label, flavour)
    return find_role(company, role, several=rule.several, fallback=fallback)


def _named_clearly(owner: Finding, directory: Directory) -> Finding:
    """Return the owner unless only a first name tells them that others bear too: a calendar is private."""
    called = keys(owner.evidence)
    bearers = [one for one in directory.people if keys(one.given) == called]
    return unclear(bearers) if len(bearers) > 1 else owner


def _personal_mailbox(scene: Scene) -> tuple[Finding, Finding]:
    """Return whose own mailbox is meant and who gets into it, where no shared one is named."""
    label, flavour = scene.playbook.label, scene.playbook.flavour
    roles = (Role("mailbox_owner", label, flavour), Role("affected", label, flavour))
    return find_pair(scene.company, *roles, several=True)


def things_asked(playbook: Playbook, reading: Reading, directory: Directory) -> tuple[Hit, ...]:
    """Return the places that name the things a playbook is about."""
    kinds = [rule.kind for rule in playbook.parameters.values() if rule.kind in THINGS]
    return tuple(hit for kind in kinds for hit in find_hits(kind, reading, directory))
