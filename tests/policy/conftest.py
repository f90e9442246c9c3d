"""The facts the policy tests start from, and a shorthand that changes some of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from triage.domain.facts import Facts
from triage.policy.cases import facts_of
from triage.policy.decide import Policy


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy.load()


@pytest.fixture
def site(tmp_path: Path) -> Callable[[str], Path]:
    """Write a site's rules and return their folder."""

    def write(rules: str) -> Path:
        (tmp_path / "site.cedar").write_text(rules, encoding="utf-8")
        return tmp_path

    return write


def ask(base: str, **differences: object) -> Facts:
    """The ordinary ask of a label, with differences named as in cases/world.yaml."""
    return facts_of({"base": base, "facts": differences}, base)
