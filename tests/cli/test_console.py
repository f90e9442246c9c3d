"""The console: hostile text stays text, JSON goes where it was asked for, an error tells the next step."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError
from rich.console import Console

from actions.errors import Unreachable
from models.errors import NoModel, Tampered
from triage.cli.console import STDOUT, add_row, emit_json, fail, progress, safe, summary, table
from triage.errors import BadInput, NotAllowed


@dataclass(frozen=True)
class Figure:
    at: datetime
    share: float


class Guarded(BaseModel):
    token: SecretStr


def refused_setting() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Guarded.model_validate({"token": ["hunter2"]})
    return caught.value


@given(st.text())
def test_no_text_can_steer_a_terminal(text: str) -> None:
    shown = safe(text).plain.replace("\n", "").replace("\t", "")
    assert shown.isprintable()
    assert safe(text).spans == []


def test_brackets_in_a_table_are_shown_as_they_are() -> None:
    drawn = table("Tickets", "number", "#rows")
    add_row(drawn, "[red]INC1[/]", None)
    out = StringIO()
    Console(file=out, markup=False).print(drawn)
    assert "[red]INC1[/]" in out.getvalue()


def test_json_on_stdout_leaves_the_words_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json(Figure(datetime(2026, 11, 23, tzinfo=UTC), 0.5), STDOUT)
    summary("one figure", target=STDOUT)
    out, err = capsys.readouterr()
    assert json.loads(out) == {"at": "2026-11-23T00:00:00Z", "share": 0.5}
    assert err == "✓ one figure\n"


def test_json_goes_to_a_file(tmp_path: Path) -> None:
    emit_json({"name": "Łukasz"}, tmp_path / "out.json")
    assert (tmp_path / "out.json").read_text(encoding="utf-8") == '{\n  "name": "Łukasz"\n}\n'


def test_no_json_is_written_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json({"a": 1}, None)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInput("the separator is missing", subject="export.csv:17"), 2),
        (NoModel("no model is promoted", hint="run triage train --promote"), 2),
        (FileNotFoundError(2, "No such file or directory", "export.csv"), 2),
        (Tampered("pipeline.skops is not the one that was saved", hint="roll back"), 1),
        (NotAllowed("the requester cannot approve"), 1),
        (Unreachable("no answer within 10 s", subject="Graph"), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_bad_input_leaves_with_2_and_a_no_with_1(error: Exception, code: int) -> None:
    with pytest.raises(SystemExit) as left:
        fail(error)
    assert left.value.code == code


def test_an_error_is_told_as_subject_cause_and_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        fail(BadInput("it has no header", subject="export.csv", hint="export it again with headers"))
    assert capsys.readouterr().err == "✗ export.csv: it has no header\n→ export it again with headers\n"


def test_a_refused_setting_is_named_without_its_value(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        fail(refused_setting())
    err = capsys.readouterr().err
    assert "token" in err
    assert "hunter2" not in err


def test_progress_is_silent_when_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as bar:
        bar.advance(bar.add_task("rows", total=2))
    assert capsys.readouterr() == ("", "")
