"""What the documents show as an example works as it is shown."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.checkout import ROOT
from triage.policy.decide import Policy

CEDAR = re.compile(r"```cedar\n(.*?)```", re.DOTALL)


def test_the_site_rules_shown_are_accepted(tmp_path: Path) -> None:
    page = ROOT / "docs" / "how-to" / "tighten-the-policy.md"
    examples = CEDAR.findall(page.read_text(encoding="utf-8"))
    assert examples
    for number, text in enumerate(examples):
        (tmp_path / f"{number}.cedar").write_text(text, encoding="utf-8")
    assert Policy.load(tmp_path).version != Policy.load().version
