"""A scenario that could not come about is refused when it is read, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.cli.sandbox import read_faults
from triage.errors import BadInput
from triage.sandbox.scenario import Scenario


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("jobs: {Unlock-AdAcount: [fail]}", "jobs.Unlock-AdAcount"),
        ("clock_skew_seconds: 1e14", "clock_skew_seconds"),
        ("clock_skew_seconds: .nan", "clock_skew_seconds"),
        ('[{app: graph, effect: answer, path: "("}]', "rules.0.path"),
    ],
)
def test_what_could_not_come_about_is_refused(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=place):
        read_faults(file)


def test_a_file_of_comments_lets_nothing_go_wrong(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("# rules:\n", "utf-8")
    assert read_faults(file) == Scenario()
