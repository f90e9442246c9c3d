"""`triage doctor` and `triage permissions` at the shell: lines, JSON, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from triage.cli import build

Say = Callable[..., Result]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run a command on a machine with nothing set up, reaching nothing but itself."""
    monkeypatch.chdir(tmp_path)
    for name in ("ENTRA__AUTHORITY", "CLOUD__GRAPH_URL", "CLOUD__ARM_URL"):
        monkeypatch.setenv(f"TRIAGE_{name}", "https://127.0.0.1:1")
    return lambda *words: CliRunner().invoke(build(words), words)


def test_the_doctor_leaves_with_1_when_something_fails_and_tells_what_to_do(say: Say) -> None:
    result = say("doctor")
    assert result.exit_code == 1
    assert "TRIAGE_ENTRA__TENANT_ID" in result.stdout
    assert "→" in result.stdout


def test_the_doctor_gives_each_finding_as_json(say: Say) -> None:
    result = say("doctor", "--json", "-")
    told: dict[str, Any] = json.loads(result.stdout)
    assert told["ok"] is False
    assert set(told["findings"][0]) == {"name", "state", "sentence", "hint"}
    states = [one["state"] for one in told["findings"]]
    assert told["counts"] == {state: states.count(state) for state in ("ok", "warn", "fail", "skipped")}


def test_the_doctor_starts_no_database_of_its_own(say: Say, tmp_path: Path) -> None:
    say("doctor")
    assert list(tmp_path.iterdir()) == []


def test_permissions_are_told_without_any_setting(say: Say) -> None:
    result = say("permissions", "--json", "-")
    told: dict[str, Any] = json.loads(result.stdout)
    mail = next(one for one in told["graph"] if one["permission"] == "Mail.Send")
    assert (mail["id"], mail["why"]) == ("b633e1c5-b582-4048-a93e-9f11b44c7e96", ["mail"])


@pytest.mark.parametrize(("form", "word"), [("--az", "az ad app"), ("--powershell", "Connect-MgGraph")])
def test_commands_are_one_a_line_and_nothing_else(say: Say, form: str, word: str) -> None:
    result = say("permissions", form)
    assert result.exit_code == 0
    assert word in result.stdout
    assert all(line.startswith(("az ", "#", "Connect-", "New-", "$")) for line in result.stdout.splitlines())


def test_only_one_form_at_a_time(say: Say) -> None:
    assert "only one form" in str(say("permissions", "--az", "--powershell").exception)


def test_a_permission_and_its_id_can_be_copied_from_a_narrow_terminal(say: Say) -> None:
    lines = [line.split() for line in say("permissions").stdout.splitlines()]
    at = next(number for number, words in enumerate(lines) if words[:1] == ["Mail.Send"])
    assert lines[at + 1][0] == "b633e1c5-b582-4048-a93e-9f11b44c7e96"


def test_the_status_of_no_registration_names_the_setting(say: Say) -> None:
    refused = say("secrets", "status").exception
    assert getattr(refused, "subject", "") == "TRIAGE_ENTRA__CLIENT_ID"
