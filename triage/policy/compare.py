"""Tells in words how two policies differ, rule by rule and case by case."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from actions.vocabulary import Frozen
from triage.domain.decision import Ruling, Verdict
from triage.policy.cases import Case
from triage.policy.decide import STRICTNESS, Policy
from triage.policy.texts import Clause


class Direction(StrEnum):
    """Which way a change goes: more cautious, less, or not to be told from the rule alone."""

    TIGHTER = "tighter"
    LOOSER = "looser"
    UNCLEAR = "unclear"


class Difference(Frozen):
    """One difference: the rule or case, which way it goes, and a sentence."""

    subject: str
    direction: Direction
    sentence: str


class Comparison(Frozen):
    """All differences; `rules` as they are written, `cases` as they work on the shipped cases."""

    old: str
    new: str
    rules: tuple[Difference, ...]
    cases: tuple[Difference, ...]


def compare(old: Policy, new: Policy, cases: Iterable[Case]) -> Comparison:
    """Compare the rules of two policies, and what both say to each case."""
    before, after = old.texts, new.texts
    rules = [
        *_added(before.clauses, after.clauses),
        *_removed(before.clauses, after.clauses),
        *_changed(before.clauses, after.clauses),
    ]
    for subject, one, other in (
        ("schema", before.schema, after.schema),
        ("families", before.families, after.families),
    ):
        if one != other:
            sentence = f"The {subject} differs: the same rules may speak on other tickets."
            rules.append(Difference(subject=subject, direction=Direction.UNCLEAR, sentence=sentence))
    told = (_case(case, old.rule(case.facts), new.rule(case.facts)) for case in cases)
    return Comparison(
        old=old.version, new=new.version, rules=tuple(rules), cases=tuple(one for one in told if one)
    )


def effect(clause: Clause) -> str:
    """Return what a rule does when it speaks, in a few words."""
    if clause.speaks_on("Approve") and clause.actions:
        return "lets somebody approve" if clause.permits else "keeps somebody from approving"
    if clause.permits:
        return "lets it run by itself" if clause.speaks_on("AutoExecute") else "lets it be offered"
    if not clause.speaks_on("Offer"):
        return "lets people decide"
    return "hands over to people" if clause.verdict is Verdict.HANDOVER else "blocks"


def _added(old: dict[str, Clause], new: dict[str, Clause]) -> list[Difference]:
    return [
        Difference(
            subject=clause.id,
            direction=Direction.LOOSER if clause.permits else Direction.TIGHTER,
            sentence=f"New, {effect(clause)}: {clause.sentence}",
        )
        for clause in new.values()
        if clause.id not in old
    ]


def _removed(old: dict[str, Clause], new: dict[str, Clause]) -> list[Difference]:
    return [
        Difference(
            subject=clause.id,
            direction=Direction.TIGHTER if clause.permits else Direction.LOOSER,
            sentence=f"Gone, no longer {effect(clause)}: {clause.sentence}",
        )
        for clause in old.values()
        if clause.id not in new
    ]


def _changed(old: dict[str, Clause], new: dict[str, Clause]) -> list[Difference]:
    pairs = [(clause, new[clause.id]) for clause in old.values() if clause.id in new]
    return [
        Difference(
            subject=before.id,
            direction=_direction(before, after),
            sentence=f"Changed: {'; '.join(parts)}.",
        )
        for before, after in pairs
        if (parts := _parts(before, after))
    ]


def _parts(before: Clause, after: Clause) -> list[str]:
    """What of a rule differs, in words."""
    told = [
        (before.sentence != after.sentence, f"now says “{after.sentence}”"),
        (effect(before) != effect(after), f"it {effect(before)} before, and {effect(after)} now"),
        (before.conditions != after.conditions, "speaks under other conditions"),
        (before.tier != after.tier, f"tier {before.tier} before, {after.tier} now"),
        (before.approvals != after.approvals, f"{before.approvals} approvals before, {after.approvals} now"),
        (before.role != after.role, f"asked of {before.role or 'any'} before, of {after.role or 'any'} now"),
    ]
    return [words for differs, words in told if differs]


def _direction(before: Clause, after: Clause) -> Direction:
    """Tell the direction where only tier or number differ; conditions are told by the cases."""
    numbers = (after.tier - before.tier, after.approvals - before.approvals)
    if (before.conditions, before.permits, before.verdict) != (
        after.conditions,
        after.permits,
        after.verdict,
    ):
        return Direction.UNCLEAR
    if before.role != after.role or not any(numbers) or min(numbers) < 0 < max(numbers):
        return Direction.UNCLEAR
    return Direction.TIGHTER if max(numbers) > 0 else Direction.LOOSER


def _case(case: Case, before: Ruling, after: Ruling) -> Difference | None:
    if (before.verdict, before.tier, before.approvals) == (after.verdict, after.tier, after.approvals):
        return None
    rules = ", ".join(rule.id for rule in after.rules)
    return Difference(
        subject=case.name,
        direction=_case_direction(before, after),
        sentence=f"{_said(before)} → {_said(after)} ({rules}): {case.why}",
    )


def _case_direction(before: Ruling, after: Ruling) -> Direction:
    change = (
        STRICTNESS[after.verdict] - STRICTNESS[before.verdict]
        or after.tier - before.tier
        or after.approvals.count - before.approvals.count
    )
    if not change:
        return Direction.UNCLEAR
    return Direction.TIGHTER if change > 0 else Direction.LOOSER


def _said(ruling: Ruling) -> str:
    if ruling.verdict is not Verdict.REVIEW:
        return ruling.verdict.value
    return f"review (tier {int(ruling.tier)}, {ruling.approvals.count} of role {ruling.approvals.role})"
