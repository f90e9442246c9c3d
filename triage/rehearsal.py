"""Plays scripted attacks, and ordinary days, against a policy, and tells every step that went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from actions.vocabulary import Frozen
from triage.domain.decision import Ruling, Verdict
from triage.domain.facts import Facts, PersonFacts
from triage.domain.lately import MemoryFacts
from triage.domain.request import Parameter, Source
from triage.memory import Event, InMemoryMemory, ask_key
from triage.policy.cases import facts_of, person_of
from triage.policy.consent import Involved
from triage.policy.decide import STRICTNESS, Policy
from triage.policy.scripts import Script, Step

_START: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Played(Frozen):
    """One step as it went: the verdict on its last ticket and, in words, what was otherwise than it must be.

    `through` is what an attacker gained; `tighter` is what the policy refuses although it should not.
    """

    say: str
    verdict: Verdict
    rules: tuple[str, ...]
    through: tuple[str, ...] = ()
    tighter: tuple[str, ...] = ()


class Rehearsed(Frozen):
    """A script as it went."""

    name: str
    title: str
    steps: tuple[Played, ...]

    @property
    def held(self) -> bool:
        """Whether no attack got through."""
        return not any(step.through for step in self.steps)


async def rehearse(policy: Policy, script: Script) -> Rehearsed:
    """Play a script with a fresh memory and a clock of its own; nothing outside is touched."""
    memory, now, played = InMemoryMemory(), _START, []
    for number, step in enumerate(script.steps):
        now += timedelta(minutes=step.minutes)
        played.append(await _play(policy, step, memory, f"{script.name}-{number}", now))
    return Rehearsed(name=script.name, title=script.title, steps=tuple(played))


async def _play(policy: Policy, step: Step, memory: InMemoryMemory, ticket: str, now: datetime) -> Played:
    told = facts_of({"base": step.base, "facts": step.facts}, ticket)
    alone = 0
    for turn in range(step.times):
        facts = _somebody(told, turn)
        known = await _recalled(facts, memory, f"{ticket}-{turn}", now)
        known = known.model_copy(update=step.facts.get("memory"))
        facts = facts.model_copy(update={"memory": known})
        ruling = policy.rule(facts)
        alone += ruling.verdict is Verdict.AUTO
        await _remember(facts, memory, f"{ticket}-{turn}", _outcome(step, ruling), now)
    findings = (*_verdict_findings(step, ruling, alone), *_approval_findings(policy, step, facts))
    return Played(
        say=step.say,
        verdict=ruling.verdict,
        rules=tuple(rule.id for rule in ruling.rules),
        through=tuple(words for through, words in findings if through),
        tighter=tuple(words for through, words in findings if not through),
    )


Finding = tuple[bool, str]
"""Whether an attacker gained by it, and what it was."""


def _verdict_findings(step: Step, ruling: Ruling, alone: int) -> list[Finding]:
    """Compare verdict, tier and number of automatic runs with what the script allows."""
    found: list[Finding] = []
    if step.expect and ruling.verdict not in step.expect:
        loosest = min(STRICTNESS[verdict] for verdict in step.expect)
        words = f"{ruling.verdict} is not {' or '.join(step.expect)}"
        found.append((STRICTNESS[ruling.verdict] < loosest, words))
    if step.tier is not None and ruling.tier != step.tier:
        found.append((ruling.tier < step.tier, f"tier {int(ruling.tier)} is not {step.tier}"))
    if step.at_most is not None and alone > step.at_most:
        found.append((True, f"{alone} of {step.times} ran by themselves"))
    return found


def _approval_findings(policy: Policy, step: Step, facts: Facts) -> Iterator[Finding]:
    """Compare who could approve with who may."""
    for attempt in step.attempts:
        approver = PersonFacts.model_validate(person_of(attempt.by))
        consent = policy.may_approve(
            facts,
            approver,
            requester_id=facts.requester.id if facts.requester else "",
            beneficiary_id=facts.target.id if facts.target else "",
            creator_id=attempt.opened,
            page_roles=attempt.roles,
            fresh_sign_in=attempt.fresh_sign_in,
            hr=attempt.hr,
            involved=Involved(
                earlier_ids=attempt.approved,
                approved_1h=attempt.approved_1h,
                approved_24h=attempt.approved_24h,
                proven=attempt.proven,
            ),
        )
        if consent.allowed is not attempt.allowed:
            spoke = ", ".join(rule.id for rule in consent.rules)
            could = "could" if consent.allowed else "could not"
            yield consent.allowed, f"{approver.id} {could} approve ({spoke})"


async def _recalled(facts: Facts, memory: InMemoryMemory, ticket: str, now: datetime) -> MemoryFacts:
    return await memory.recall(
        ticket=ticket,
        person_id=facts.target.id if facts.target else "",
        requester_id=facts.requester.id if facts.requester else "",
        label=facts.label,
        action=facts.action,
        key=_key(facts),
        department=facts.target.department if facts.target else "",
        now=now,
    )


async def _remember(facts: Facts, memory: InMemoryMemory, ticket: str, event: Event, now: datetime) -> None:
    for one in (Event.ASKED, event):
        await memory.remember(
            ticket=ticket,
            person_id=facts.target.id if facts.target else "",
            requester_id=facts.requester.id if facts.requester else "",
            label=facts.label,
            action=facts.action,
            key=_key(facts),
            event=one,
            department=facts.target.department if facts.target else "",
            attribute=facts.attribute,
            now=now,
        )


def _outcome(step: Step, ruling: Ruling) -> Event:
    """What the script says; else what runs by itself is done, a review stays open, the rest is settled."""
    if step.event:
        return Event(step.event)
    return {Verdict.AUTO: Event.DONE, Verdict.REVIEW: Event.ASKED}.get(ruling.verdict, Event.CLOSED)


def _somebody(facts: Facts, turn: int) -> Facts:
    """Another person for each turn after the first, alike in everything but the account."""
    if not turn:
        return facts

    def other(person: PersonFacts | None) -> PersonFacts | None:
        if person is None:
            return None
        number = {"id": f"{person.id}-{turn}", "employee_id": f"{person.employee_id}-{turn}"}
        return person.model_copy(update=number)

    both = facts.requester is not None and facts.target is not None and facts.requester.id == facts.target.id
    asker = other(facts.requester) if both else facts.requester
    return facts.model_copy(update={"target": other(facts.target), "requester": asker})


def _key(facts: Facts) -> str:
    """The key of the ask, of the things the facts name."""
    things = {
        "user": facts.target.id if facts.target else "",
        "group": facts.group.id if facts.group else "",
        "license": facts.license.sku if facts.license else "",
        "service": f"{facts.service.server} {facts.service.service}" if facts.service else "",
        "attribute": facts.attribute,
    }
    return ask_key(facts.label, {k: Parameter(value=v, source=Source.FIELD) for k, v in things.items() if v})
