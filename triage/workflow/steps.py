"""The story of a ticket on one screen: from words to a decision with a plan; it reads and changes nothing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from actions.contract import Action, World
from actions.vocabulary import Route, Tier
from models.model import Model
from models.prediction import Prediction
from triage.classify import classify, ordered
from triage.domain.decision import Decision, Ruling, Verdict
from triage.domain.facts import Facts
from triage.domain.request import Request
from triage.domain.run import fingerprint
from triage.domain.site import Site
from triage.domain.ticket import Ticket
from triage.enrich import enrich
from triage.memory import Memory
from triage.playbooks.load import choose_steps
from triage.playbooks.model import Playbook
from triage.policy.decide import Policy
from triage.resolve import resolve
from triage.resolve.directory import Directory
from triage.workflow.ask import ask_of
from triage.workflow.planning import Course, plan_course
from triage.workflow.progress import Progress
from triage.workflow.stopwatch import Stopwatch


class Switch(Protocol):
    """The kill switch as the story sees it."""

    async def stops(self, action: str, tier: Tier, label: str) -> bool:
        """Whether effects of this action, tier or label are halted now."""


@dataclass(frozen=True)
class Tools:
    """What deciding needs; replay builds it in memory, the service over PostgreSQL.

    Attributes:
        model: the model that serves now.
        directory: names of the tenant, at most some minutes old.
        reading: a world whose transport cannot write.
        memory: what was asked or done lately.
        timer: seconds of a clock that only goes forward, for measuring the stages.
    """

    model: Callable[[], Model]
    playbooks: Mapping[str, Playbook]
    policy: Policy
    actions: Mapping[str, Action[Any]]
    reading: World
    directory: Callable[[], Awaitable[Directory]]
    memory: Memory
    switch: Switch
    site: Site
    timer: Callable[[], float] = time.perf_counter


@dataclass(frozen=True)
class Consideration:
    """A decision with everything it rests on; `course` is `None` where nothing can be done by itself."""

    decision: Decision
    request: Request
    facts: Facts
    course: Course | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)


async def consider(
    ticket: Ticket,
    tools: Tools,
    now: datetime,
    *,
    corrected: str | None = None,
    progress: Progress | None = None,
) -> Consideration:
    """Decide on `ticket` from what holds now: classify, resolve, enrich, recall, plan, rule.

    Args:
        ticket: the ticket at one revision.
        tools: what deciding needs.
        now: the present instant (aware); memory is read as of then.
        corrected: the label a person gave; the machine does not act on it without asking.
        progress: what is done already; then the words are not read again and only the rest is planned.

    Raises:
        Throttled: a service asks to come back later; decide again then.
    """
    watch = Stopwatch(tools.timer)
    prediction = _corrected(progress.prediction if progress else _read(ticket, tools), corrected)
    watch.lap("classify")
    playbook = tools.playbooks.get(prediction.label)
    request = (
        progress.request
        if progress
        else resolve(ticket, prediction.label, playbook, await tools.directory(), tools.site)
    )
    watch.lap("resolve")
    facts = await enrich(ticket, prediction, request, playbook, tools.reading.graph, tools.site)
    watch.lap("enrich")
    chosen = choose_steps(playbook, request, facts, tools.site.time_zone) if playbook else ()
    course = await plan_course(chosen, facts, tools.actions, tools.reading, progress)
    watch.lap("plan")
    found = await _completed(_Findings(ticket, prediction, request, facts, course), tools, now)
    ruling = tools.policy.rule(found.facts)
    watch.lap("rule")
    decision = _decision(found, ruling, tools.policy.version)
    return Consideration(decision, request, found.facts, course, watch.seconds)


@dataclass(frozen=True)
class _Findings:
    ticket: Ticket
    prediction: Prediction
    request: Request
    facts: Facts
    course: Course | None


async def _completed(found: _Findings, tools: Tools, now: datetime) -> _Findings:
    """Add to the facts what plan, kill switch and memory know."""
    label, course = found.request.label, found.course
    action = course.first.action.name if course else ""
    tier = course.tier if course else Tier.EXCEPTIONAL
    playbook = tools.playbooks.get(label)
    person = found.facts.target or found.facts.requester
    known = {
        "off_hours": tools.site.is_off_hours(now, person.office if person else ""),
        "change_freeze": tools.site.is_frozen(now),
        "shadow": label in tools.site.shadow,
        "action": action,
        "tier": tier,
        "route": course.first.action.route if course else Route.NONE,
        "has_playbook": bool(playbook and playbook.steps),
        "blockers": course.blockers if course else (),
        "halted": await _halted(course, tools.switch, label),
        "memory": await ask_of(found.ticket, found.request, found.facts, action).recall(tools.memory, now),
    }
    return replace(found, facts=found.facts.model_copy(update=known))


async def _halted(course: Course | None, switch: Switch, label: str) -> bool:
    """Whether the kill switch stops any step."""
    if course is None:
        return await switch.stops("", Tier.EXCEPTIONAL, label)
    for one in course.steps:
        if await switch.stops(one.action.name, course.tier, label):
            return True
    return False


def _read(ticket: Ticket, tools: Tools) -> Prediction:
    """What the ticket asks for: what was ordered, else what the model makes of its words."""
    model = tools.model()
    return ordered(ticket, tools.playbooks, model) or classify(ticket, model)


def _corrected(prediction: Prediction, label: str | None) -> Prediction:
    """The prediction under the label a person gave; it is never accepted, so that a person sees the plan."""
    if label is None:
        return prediction
    return prediction.model_copy(update={"label": label, "accepted": False, "words": ()})


def _decision(found: _Findings, ruling: Ruling, policy: str) -> Decision:
    """Join what each step found; only what may be offered has changes and a fingerprint."""
    prediction, request = found.prediction, found.request
    offered = found.course if ruling.verdict in (Verdict.AUTO, Verdict.REVIEW) else None
    steps = tuple(one.told for one in offered.steps) if offered else ()
    return Decision(
        number=found.ticket.number,
        model=prediction.model,
        policy=policy,
        label=prediction.label,
        confidence=prediction.confidence,
        accepted=prediction.accepted,
        novelty=prediction.novelty,
        alternatives=prediction.alternatives,
        words=prediction.words,
        parameters=request.parameters,
        missing=request.missing,
        ambiguous=request.ambiguous,
        verdict=ruling.verdict,
        approvals=ruling.approvals,
        tier=ruling.tier,
        route=found.facts.route,
        rules=ruling.rules,
        action=offered.first.action.name if offered else "",
        changes=tuple(change for step in steps for change in step.changes),
        steps=steps,
        left_out=offered.left_out if offered else (),
        hindrances=offered.hindrances if offered else (),
        fingerprint=fingerprint(steps, policy) if offered and not offered.blockers else "",
        facts=found.facts,
    )
