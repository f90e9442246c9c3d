"""The page for the security lead names what exists, and leaves out no guard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.policy.cases import load_cases
from triage.policy.decide import Policy
from triage.policy.scripts import load_scripts

TESTS = Path(__file__).parent
PAGE = (TESTS.parents[1] / "docs" / "why" / "safety.md").read_text(encoding="utf-8")


def names(pattern: str) -> set[str]:
    return set(re.findall(pattern, PAGE))


def test_every_rule_it_names_exists(policy: Policy) -> None:
    named = names(r"`([a-z0-9_]+\.[a-z0-9_]+)`") - {"Policy.version"}
    assert sorted(named - set(policy.texts.clauses)) == []


@pytest.mark.parametrize("prefix", ["guard.", "memory.", "credential."])
def test_no_guard_is_left_out(policy: Policy, prefix: str) -> None:
    assert [one for one in policy.texts.clauses if one.startswith(prefix) and f"`{one}`" not in PAGE] == []


def test_every_test_it_names_exists() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in TESTS.parent.rglob("test_*.py"))
    assert [name for name in names(r"`(test_[a-z_0-9]+)`") if f"def {name}(" not in code] == []


def test_every_case_and_rehearsal_it_names_exists() -> None:
    known = {Path(case.name).stem for case in load_cases()} | {script.name for script in load_scripts()}
    told = re.findall(r"(?:cases?|rehearsals?) ((?:[a-z0-9]+(?:-[a-z0-9]+)+(?:, | and )?)+)", PAGE)
    named = {name for group in told for name in re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", group)}
    assert named
    assert sorted(named - known - {"group-add", "red-team"}) == []


@pytest.mark.parametrize(
    ("letter", "most"), [("A", 5), ("B", 8), ("C", 8), ("D", 7), ("E", 7), ("F", 4)], ids="ABCDEF"
)
def test_every_control_has_a_row_that_names_what_shows_it(letter: str, most: int) -> None:
    rows = re.findall(r"^\| ((?:[A-F]\d )+)[^|]*\|[^|]*\|([^|]*)\|$", PAGE, flags=re.MULTILINE)
    shown = {control for controls, by in rows if by.strip() for control in controls.split()}
    assert {f"{letter}{number}" for number in range(1, most + 1)} - shown == set()
