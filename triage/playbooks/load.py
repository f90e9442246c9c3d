"""Reads the shipped playbooks, and chooses the steps that fit a request and the live facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import JsonValue, ValidationError

from triage.domain.facts import Facts, LicenseFacts
from triage.domain.request import Request
from triage.errors import Broken
from triage.playbooks.model import LITERAL, OPTIONAL, Playbook, Step, StepRule, When
from triage.playbooks.origins import value_of
from triage.playbooks.site import read_own

_QUESTIONS = "questions.yaml"


def load_playbooks(own: Path | None = None) -> dict[str, Playbook]:
    """Return every playbook by its label: the shipped ones, and those in the site's folder.

    Raises:
        NotConfigured: a file of the site is no playbook; the subject is file and line.
        Broken: a shipped one is not valid.
    """
    return {**_shipped(), **(read_own(own) if own else {})}


@cache
def shared_words(name: str) -> dict[str, str]:
    """Return a message that belongs to no one label, by language (`messages/<name>.yaml`)."""
    text = (files("triage.playbooks") / "messages" / f"{name}.yaml").read_text(encoding="utf-8")
    return {str(language): str(words) for language, words in yaml.safe_load(text).items()}


@cache
def _shipped() -> dict[str, Playbook]:
    """Return the shipped playbooks.

    Raises:
        Broken: a file is no valid playbook; the message names the file and what is wrong.
    """
    folder = files("triage.playbooks")
    shared = yaml.safe_load((folder / "messages" / _QUESTIONS).read_text(encoding="utf-8"))
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    playbooks = [
        _playbook(entry.name.removesuffix(".yaml"), entry.read_text(encoding="utf-8"), shared)
        for entry in sorted(found, key=lambda entry: entry.name)
    ]
    return {playbook.label: playbook for playbook in playbooks}


def _playbook(label: str, text: str, shared: dict[str, Any]) -> Playbook:
    """Build one playbook; questions that it does not word itself are the shared ones."""
    content = yaml.safe_load(text)
    own = content.get("questions", {})
    questions = {name: own.get(name) or shared.get(name) for name in content["parameters"]}
    content["questions"] = {name: texts for name, texts in questions.items() if texts}
    try:
        return Playbook.model_validate({"label": label, **content})
    except ValidationError as error:
        raise Broken(
            f"The playbook of {label} is not valid: {error}",
            hint=f"Correct triage/playbooks/{label}.yaml.",
            subject=f"playbook {label}",
        ) from error


def choose_steps(playbook: Playbook, request: Request, facts: Facts, zone: str = "UTC") -> tuple[Step, ...]:
    """Return the steps to take, in order, with the parameters of their actions; `zone` is where days begin.

    Of each stage the first step whose condition holds is taken. None at all means that nothing can be done by
    itself: the playbook has no step, a stage that is needed has none that fits, a parameter is missing or
    means several objects, or the facts a condition asks for are not known.
    """
    chosen: list[Step] = []
    for stage in dict.fromkeys(rule.stage for rule in playbook.steps):
        rules = [rule for rule in playbook.steps if rule.stage == stage]
        fitting = [rule for rule in rules if _holds(rule.when, facts) and _serves(rule.when, request)]
        step = next((made for rule in fitting if (made := _step(rule, request, facts, zone))), None)
        if step is not None:
            chosen.append(step.model_copy(update={"tier": playbook.tier, "impact": playbook.impact}))
        elif fitting or not all(rule.skippable for rule in rules):
            return ()
    return tuple(chosen)


def _step(rule: StepRule, request: Request, facts: Facts, zone: str) -> Step | None:
    """Return the step a rule makes; `None` where a parameter or the day to wait for is not clear."""
    params = _params(rule, request, facts)
    awaited, _, end = rule.wait.partition(".")
    if params is None or awaited in request.ambiguous:
        return None
    waits = awaited in request.parameters
    day = value_of(awaited, request, facts) if waits else ""
    if waits and not day:
        return None
    not_before = _instant(day, zone, end=end == "end") if day else None
    named = dict.fromkeys(one.partition(".")[0] for one in rule.origins if not one.startswith(LITERAL))
    return Step(
        action=rule.action,
        route=rule.route,
        params=params,
        not_before=not_before,
        about=tuple(value for name in named if (value := value_of(name, request, facts))),
        skippable=rule.skippable,
        on_call=rule.on_call,
    )


def _instant(day: str, zone: str, *, end: bool) -> datetime:
    """Return when a day (ISO 8601) begins or ends in `zone`."""
    counted = date.fromisoformat(day) + timedelta(days=int(end))
    return datetime.combine(counted, time.min, ZoneInfo(zone)).astimezone(UTC)


def _holds(when: When, facts: Facts) -> bool:
    """Say whether the condition holds; what is not known holds for nothing."""
    target, group = facts.target, facts.group
    if when.target_synced is not None and not (
        target is not None and target.known and target.synced is when.target_synced
    ):
        return False
    if when.group_synced is not None and not (
        group is not None and group.known and group.synced is when.group_synced
    ):
        return False
    if when.newcomer_groups and not facts.newcomer_groups:
        return False
    if not _license_holds(when, facts.license):
        return False
    if when.mailbox_location and _mailbox_location(facts) != when.mailbox_location:
        return False
    return not when.group_kinds or (group is not None and group.known and group.kind in when.group_kinds)


def _license_holds(when: When, asked: LicenseFacts | None) -> bool:
    """Say whether the licence is as the condition asks: given by a group or not, with free or idle seats."""
    if when.license_by_group is None and not when.seats:
        return True
    if asked is None or not asked.known:
        return False
    seats = {"": True, "free": asked.free > 0, "idle": not asked.free and bool(asked.idle)}[when.seats]
    return seats and when.license_by_group in {None, asked.by_group}


def _mailbox_location(facts: Facts) -> str:
    """Say where the mailbox lives: a shared one as the site says, a person's own in the cloud."""
    if facts.mailbox is not None:
        return facts.mailbox.location if facts.mailbox.known else ""
    return "cloud" if facts.mailbox_owner is not None and facts.mailbox_owner.known else ""


def _serves(when: When, request: Request) -> bool:
    """Say whether the step can honour what was asked: each value it has to be, nothing it would pass over."""
    asked = request.parameters
    said = {*asked, *request.ambiguous}
    return (
        not said & set(when.absent)
        and said >= set(when.given)
        and all(
            name in asked and set(asked[name].values) <= set(allowed) for name, allowed in when.values.items()
        )
    )


def _params(rule: StepRule, request: Request, facts: Facts) -> dict[str, JsonValue] | None:
    """Return the parameters of the action; an optional one that was given must be as clear as any other."""
    given = {*request.parameters, *request.ambiguous}
    optional = {name: origin for name, origin in rule.optional.items() if origin.split(".")[0] in given}
    made: dict[str, JsonValue] = {}
    for name, origin in {**rule.params, **optional}.items():
        value = value_of(origin, request, facts)
        if not value:
            return None
        made[name] = value
    passed = _passed(rule.arguments, request, facts)
    if passed is None:
        return None
    return {**made, "arguments": passed} if rule.arguments else made


def _passed(arguments: Mapping[str, str], request: Request, facts: Facts) -> dict[str, JsonValue] | None:
    """Return what a runbook is called with; `None` where something it needs is not clear."""
    given = {*request.parameters, *request.ambiguous}
    passed: dict[str, JsonValue] = {}
    for name, origin in arguments.items():
        needed = origin.removesuffix(OPTIONAL)
        if needed != origin and needed.partition(".")[0] not in given:
            continue
        value = value_of(needed, request, facts)
        if not value:
            return None
        passed[name] = value
    return passed
