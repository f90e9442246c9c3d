"""The kill switch at the shell: on every machine with the database, on this one without."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from triage.cli import build
from triage.errors import BadInput
from triage.halt import FILE


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRIAGE_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def with_database(data_dir: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", database_url)
    return data_dir


def call(*arguments: str) -> Result:
    return CliRunner().invoke(build(list(arguments)), list(arguments))


def standing() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads(call("halt", "--json", "-").stdout)
    return found


def test_what_is_halted_is_said_and_lifted_again(with_database: Path) -> None:
    assert call("halt", "--action", "reset_password", "--reason", "drill").exit_code == 0
    assert standing()["table"] == [{"scope": "action", "key": "reset_password"}]
    assert call("resume", "--action", "reset_password").exit_code == 0
    assert standing() == {"table": [], "file": []}


def test_without_the_database_the_file_halts_this_machine_and_the_answer_says_so(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://127.0.0.1:1/none")
    result = call("halt", "--all")
    assert result.exit_code == 1
    assert "this machine only" in result.output
    assert (data_dir / FILE).read_text() == "all\n"


def test_resuming_lifts_the_file_too(with_database: Path) -> None:
    (with_database / FILE).write_text("tier:3\nall\n")
    assert "still halted: everything" in call("resume", "--tier", "3").output
    assert standing()["file"] == [{"scope": "all", "key": ""}]


def test_resuming_what_was_not_halted_says_so(with_database: Path) -> None:
    assert "was not halted" in call("resume", "--all").output


@pytest.mark.parametrize("option", ["--action", "--label"])
def test_a_mistyped_name_is_refused_and_halts_nothing(with_database: Path, option: str) -> None:
    assert isinstance(call("halt", option, "reset_pasword").exception, BadInput)
    assert standing() == {"table": [], "file": []}


def test_one_thing_at_a_time(data_dir: Path) -> None:
    result = call("halt", "--all", "--tier", "2")
    assert isinstance(result.exception, BadInput)
    assert not (data_dir / FILE).exists()
