"""Each case file gives the verdict of the folder it lies in, and every rule is shown by a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.labels import LABELS
from triage.domain.decision import Verdict
from triage.errors import BadInput
from triage.policy.cases import Case, facts_of, load_cases
from triage.policy.decide import Policy

CASES = load_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_policy_says_what_the_case_wants(policy: Policy, case: Case) -> None:
    assert case.differences(policy.rule(case.facts)) == ()


def test_every_rule_is_shown_by_a_case(policy: Policy) -> None:
    spoke = {rule.id for case in CASES for rule in policy.rule(case.facts).rules}
    silent = [
        clause.id
        for clause in policy.texts.clauses.values()
        if clause.id not in spoke and clause.actions & {"Offer", "AutoExecute"}
    ]
    assert silent == [
        "tier.offer"
    ]  # it permits the offer that no forbid has stopped, so it is never the reason


def test_every_label_has_a_case_of_its_own() -> None:
    assert {case.facts.label for case in CASES} == set(LABELS)


def test_what_is_automated_differs_by_one_fact_from_what_is_not() -> None:
    """Each label that may run by itself has cases that run and cases that do not."""
    labels = {case.facts.label for case in CASES if case.verdict is Verdict.AUTO}
    assert all(
        any(case.facts.label == label and case.verdict is Verdict.REVIEW for case in CASES)
        for label in labels
    )


def test_a_case_names_what_is_wrong_with_it(tmp_path: Path) -> None:
    for verdict in Verdict:
        (tmp_path / verdict.value).mkdir()
    (tmp_path / "auto" / "bad.yaml").write_text("why: x\nbase: password_reset\nfacts: {chanel: email}\n")
    with pytest.raises(BadInput, match="chanel") as caught:
        load_cases(tmp_path)
    assert caught.value.subject == "auto/bad.yaml"


def test_a_case_cannot_name_somebody_who_is_not_in_its_world() -> None:
    with pytest.raises(BadInput, match="zoe"):
        facts_of({"base": "password_reset", "facts": {"target": "zoe"}}, "here")


def test_a_case_tells_how_a_ruling_differs(policy: Policy) -> None:
    case = CASES[0].model_copy(update={"verdict": Verdict.BLOCKED, "rules": ("guard.vip",)})
    told = case.differences(policy.rule(case.facts))
    assert told[0] == "verdict: auto instead of blocked"
    assert "guard.vip did not speak" in told
