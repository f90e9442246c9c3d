"""Two policies are told apart in words: what is tighter, what is looser, shown by cases."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import triage.policy
from triage.policy.cases import load_cases
from triage.policy.compare import Comparison, Direction, compare
from triage.policy.decide import Policy

CASES = load_cases()
SHIPPED = Path(triage.policy.__file__).parent

Edit = Callable[[str, str, str], Policy]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """The shipped policy with one replacement in one file."""

    def edit(file: str, old: str, new: str) -> Policy:
        for one in (*SHIPPED.glob("*.cedar"), SHIPPED / "schema.cedarschema", SHIPPED / "families.json"):
            shutil.copy(one, tmp_path)
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
        return Policy.load(shipped=tmp_path)

    return edit


def rules(told: Comparison) -> dict[str, Direction]:
    return {one.subject: one.direction for one in told.rules}


def test_the_same_policy_has_no_differences(policy: Policy) -> None:
    told = compare(policy, Policy.load(), CASES[:20])
    assert (told.rules, told.cases) == ((), ())


def test_a_new_rule_of_a_site_is_told_and_shown_by_cases(policy: Policy, site: Callable[[str], Path]) -> None:
    rule = (
        '@id("site.no_visio") @sentence("Visio is bought by hand.")\n'
        'forbid (principal, action == Triage::Action::"AutoExecute", resource) when '
        '{ context.license.sku == "VISIO" };'
    )
    told = compare(policy, Policy.load(site(rule)), CASES)
    assert rules(told) == {"site.no_visio": Direction.TIGHTER}
    assert told.rules[0].sentence == "New, lets people decide: Visio is bought by hand."
    changed = {one.subject: one.direction for one in told.cases}
    assert changed["auto/license-by-manager.yaml"] is Direction.TIGHTER


def test_a_removed_guard_is_looser(policy: Policy, edited: Edit) -> None:
    weaker = edited("guards.cedar", '@id("guard.halted")', '@id("guard.halted_not")')
    assert rules(compare(policy, weaker, ())) == {
        "guard.halted": Direction.LOOSER,
        "guard.halted_not": Direction.TIGHTER,
    }


def test_a_weaker_condition_is_shown_by_the_cases(policy: Policy, edited: Edit) -> None:
    weaker = edited(
        "memory.cedar", "context.memory.credential_24h >= 1", "context.memory.credential_24h >= 2"
    )
    told = compare(policy, weaker, CASES)
    assert rules(told) == {"memory.credential_cap": Direction.UNCLEAR}
    assert [(one.subject, one.direction) for one in told.cases] == [
        ("review/password-second-today.yaml", Direction.LOOSER)
    ]
    assert "speaks under other conditions" in told.rules[0].sentence


def test_fewer_approvals_are_looser(policy: Policy, edited: Edit) -> None:
    weaker = edited("people.cedar", '@approvals("2")', '@approvals("1")')
    told = compare(policy, weaker, CASES)
    assert rules(told) == {"user_offboarding.always_people": Direction.LOOSER}
    assert {one.direction for one in told.cases} == {Direction.LOOSER}


def test_a_family_that_differs_is_told(policy: Policy, edited: Edit) -> None:
    weaker = edited("families.json", '"account_unlock",', "")
    assert rules(compare(policy, weaker, ())) == {"families": Direction.UNCLEAR}
