"""Invariants, each walked through the whole finite space it speaks about; a failure is told in words."""

from __future__ import annotations

from itertools import product

import pytest

from actions.vocabulary import Tier
from models.labels import ACTIONABLE
from tests.policy.conftest import ask
from tests.policy.space import KINDS, POWERS, asks_for, unknowns
from triage.domain.decision import Verdict
from triage.domain.facts import Facts, Relation, Signal
from triage.domain.lately import MemoryFacts
from triage.domain.ticket import Channel
from triage.policy.decide import Policy
from triage.policy.facts import situation

AUTOMATED = [label for label in ACTIONABLE if Policy.load().rule(ask(label)).verdict is Verdict.AUTO]


@pytest.mark.parametrize("power", KINDS)
def test_no_path_offers_or_executes_anything_on_an_account_that_must_not_be_touched(
    policy: Policy, power: str
) -> None:
    """And what is not their own ask from a signed-in channel is blocked, not handed over."""
    wrong = []
    for words, facts in asks_for(power):
        verdict = policy.rule(facts).verdict
        own = facts.relation is Relation.SELF and facts.channel is Channel.SELF_SERVICE
        if verdict not in ({Verdict.BLOCKED, Verdict.HANDOVER} if own else {Verdict.BLOCKED}):
            wrong.append(f"{words}: {verdict}")
    assert wrong == []


@pytest.mark.parametrize("power", POWERS)
def test_every_power_is_of_a_kind(power: str) -> None:
    """The rules see a power as one of four kinds, so the walk through `KINDS` covers them all."""
    person = ask("password_reset").target
    assert person is not None
    facts = ask("password_reset").model_copy(update={"target": person.model_copy(update=POWERS[power])})
    target = situation(facts)["target"]
    assert [k for k in ("privileged", "untouchable", "service", "break_glass") if target[k]]


def test_no_credential_step_for_somebody_else_without_two_people(policy: Policy) -> None:
    """Any label of the credential family, asker, person, tier, channel and state of the memory."""
    wrong = []
    for label, relation, person in product(
        ("password_reset", "account_unlock", "mfa_reset"),
        Relation,
        ({}, {"vip": True}, {"enabled": False}, {"guest": True}, {"known": False}),
    ):
        somebody = _for_somebody_else(label, relation, person)
        by_manager = label == "account_unlock" and relation is Relation.MANAGER
        for tier, channel, memory in product(
            (Tier.REVERSIBLE, Tier.CREDENTIAL, Tier.EXCEPTIONAL),
            (Channel.SELF_SERVICE, Channel.PHONE),
            (MemoryFacts(known=True), MemoryFacts(known=True, factor_change_72h=True)),
        ):
            state = {"tier": tier, "channel": channel, "memory": memory}
            ruling = policy.rule(somebody.model_copy(update=state))
            two = ruling.verdict is not Verdict.REVIEW or ruling.approvals.count >= 2
            if not by_manager and (ruling.verdict is Verdict.AUTO or not two):
                wrong.append(f"{label} as {relation} for {person} with {state}: {ruling.verdict}")
    assert wrong == []


def _for_somebody_else(label: str, relation: Relation, person: dict[str, bool]) -> Facts:
    base = ask(label, requester="mia", relation=relation.value)
    assert base.target is not None
    return base.model_copy(update={"target": base.target.model_copy(update=person)})


@pytest.mark.parametrize("label", AUTOMATED)
def test_unknown_never_automates(policy: Policy, label: str) -> None:
    """One thing unknown, and every two of them, while all that is said of them stays favourable."""
    pairs = [
        (f"{one} and {other}", facts)
        for one, first in unknowns(ask(label))
        for other, facts in [("nothing", first), *unknowns(first)]
    ]
    by_itself = [words for words, facts in pairs if policy.rule(facts).verdict is Verdict.AUTO]
    assert by_itself == []


@pytest.mark.parametrize("label", AUTOMATED)
def test_no_mark_in_the_words_is_outvoted_by_confidence(policy: Policy, label: str) -> None:
    automated = [
        f"{label} with {signal} at {confidence}"
        for signal, confidence in product(Signal, (0.0, 0.6, 0.99, 1.0))
        if signal is not Signal.DELETION  # a mark that only a departure knows
        and policy.rule(ask(label, signals=[signal.value], confidence=confidence)).verdict is Verdict.AUTO
    ]
    assert automated == []


@pytest.mark.parametrize("label", AUTOMATED)
def test_confidence_alone_opens_nothing(policy: Policy, label: str) -> None:
    """What a guard stops at the lowest confidence it stops at the highest, with the same rules."""
    guarded: tuple[dict[str, object], ...] = (
        {"channel": "email"},
        {"halted": True},
        {"blockers": ["no"]},
        {"memory": {"known": False}},
        {"memory": {"alike_10m": 50}},
        {"vouched": False},
        {"change_freeze": True},
        {"shadow": True},
        {"memory": {"breaker_open": True}},
    )
    for change in guarded:
        sure, surest = (policy.rule(ask(label, confidence=one, **change)) for one in (0.6, 1.0))
        assert sure == surest
        assert sure.verdict is not Verdict.AUTO


@pytest.mark.parametrize("label", ACTIONABLE)
def test_only_a_channel_with_sign_in_automates(policy: Policy, label: str) -> None:
    automated = [
        (channel, vouched)
        for channel, vouched in product(Channel, (True, False))
        if policy.rule(ask(label, channel=channel.value, vouched=vouched)).verdict is Verdict.AUTO
    ]
    assert automated == ([(Channel.SELF_SERVICE, True)] if label in AUTOMATED else [])


def test_these_labels_never_run_by_themselves() -> None:
    assert set(ACTIONABLE) - set(AUTOMATED) == {
        *("mfa_reset", "account_compromised", "mailbox_permission_grant", "shared_mailbox_create"),
        *("user_onboarding", "user_offboarding", "guest_invite"),
    }


@pytest.mark.parametrize("label", ACTIONABLE)
def test_what_asks_for_nothing_of_ours_is_handed_over_whoever_is_meant(policy: Policy, label: str) -> None:
    person = ask("password_reset").target
    assert person is not None
    nothing: tuple[dict[str, object], ...] = (
        {"empty_text": True},
        {"signals": ["other_system"]},
        {"signals": ["withdrawn"]},
    )
    for change, power in product(nothing, KINDS):
        mighty = {"target": person.model_copy(update=POWERS[power]), "channel": Channel.EMAIL}
        facts = ask(label, **change).model_copy(update=mighty)
        assert policy.rule(facts).verdict is Verdict.HANDOVER, f"{label}: {change} with {power}"
