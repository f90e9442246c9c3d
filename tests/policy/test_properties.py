"""Laws of the policy that hold for any facts whatever."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy import space
from triage.domain.decision import Ruling, Verdict
from triage.domain.facts import Facts
from triage.policy.decide import STRICTNESS, Policy
from triage.policy.engine import Question
from triage.policy.facts import situation

CONDITIONS = (
    "context.target.vip",
    "!context.relation.own",
    'context.channel.kind == "chat"',
    "context.ask.confidence < 9000",
    'context.target.department == "Sales"',
    'context.signals.contains("question")',
    "context.group.members > 10",
)
site_rules = st.lists(
    st.tuples(
        st.sampled_from(("Offer", "AutoExecute")),
        st.sampled_from(CONDITIONS),
        st.sampled_from(("", '@verdict("handover")', '@tier("3")', '@role("manager")', '@approvals("2")')),
    ),
    min_size=1,
    max_size=4,
)
AROUND = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


@AROUND
@given(facts=space.facts)
def test_a_rule_always_speaks(policy: Policy, facts: Facts) -> None:
    ruling = policy.rule(facts)
    assert ruling.rules
    assert all(rule.id and rule.sentence for rule in ruling.rules)


@AROUND
@given(facts=space.facts)
def test_what_runs_by_itself_has_a_step_that_can_run(policy: Policy, facts: Facts) -> None:
    if policy.rule(facts).verdict is Verdict.AUTO:
        assert facts.action
        assert not facts.blockers


@AROUND
@given(facts=space.facts)
def test_the_tier_is_never_lowered(policy: Policy, facts: Facts) -> None:
    assert policy.rule(facts).tier >= facts.tier or not facts.action


@AROUND
@given(facts=space.facts)
def test_only_a_review_asks_people_and_it_asks_one_at_least(policy: Policy, facts: Facts) -> None:
    ruling = policy.rule(facts)
    assert (ruling.approvals.count > 0) == (ruling.verdict is Verdict.REVIEW)
    assert ruling.approvals.count >= 2 or ruling.verdict is not Verdict.REVIEW or ruling.tier < 3


@AROUND
@given(facts=space.facts)
def test_a_decision_can_be_made_again_from_its_record(policy: Policy, facts: Facts) -> None:
    again = Facts.model_validate_json(facts.model_dump_json())
    assert policy.rule(again).model_dump_json() == policy.rule(facts).model_dump_json()


@AROUND
@given(facts=space.facts)
def test_the_verdict_agrees_with_what_cedar_says_of_the_offer(policy: Policy, facts: Facts) -> None:
    asked = Question("Offer", facts.label, "", json.dumps(situation(facts)))
    offered = policy.engine.ask([asked])[0].allowed
    assert offered == (policy.rule(facts).verdict in {Verdict.AUTO, Verdict.REVIEW})


@AROUND
@given(facts=space.facts)
def test_no_facts_make_the_rules_fail(policy: Policy, facts: Facts) -> None:
    assert "policy.failed" not in {rule.id for rule in policy.rule(facts).rules}


@AROUND
@given(facts=space.facts, confidence=st.floats(0, 1))
def test_less_confidence_never_automates_more(policy: Policy, facts: Facts, confidence: float) -> None:
    lower = facts.model_copy(update={"confidence": min(confidence, facts.confidence)})
    assert _strictness(policy.rule(lower)) >= _strictness(policy.rule(facts))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.lists(space.facts, min_size=15, max_size=15), rules=site_rules)
def test_site_rules_only_tighten(
    policy: Policy,
    site: Callable[[str], Path],
    facts: list[Facts],
    rules: list[tuple[str, str, str]],
) -> None:
    text = "\n".join(
        f'@id("site.rule_{number}") @sentence("A rule of the site.") {note}\n'
        f'forbid (principal, action == Triage::Action::"{action}", resource) when {{ {condition} }};'
        for number, (action, condition, note) in enumerate(rules)
    )
    tightened = Policy.load(site(text))
    for one in facts:
        before, after = policy.rule(one), tightened.rule(one)
        assert _strictness(after) >= _strictness(before)
        assert after.tier >= before.tier or after.verdict is not Verdict.REVIEW
        if after.verdict is before.verdict:
            assert after.approvals.count >= before.approvals.count


def _strictness(ruling: Ruling) -> int:
    return STRICTNESS[ruling.verdict]


@pytest.mark.parametrize("broken", ["{}", '{"ask": 1}', "no json"])
def test_facts_that_do_not_fit_the_schema_are_a_denial(policy: Policy, broken: str) -> None:
    answer = policy.engine.ask([Question("AutoExecute", "password_reset", "", broken)])[0]
    assert not answer.allowed
    assert answer.errors
