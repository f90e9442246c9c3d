"""From a synthetic export to predictions, by the commands alone."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from triage.cli import build

COMMANDS = ("synth", "train", "evaluate", "classify", "models")


def run(*arguments: str | Path) -> Result:
    """Run a command as from the shell, errors included."""
    words = [str(one) for one in arguments]
    return CliRunner().invoke(build(words), words)


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an export and a promoted model taught on it."""
    folder = tmp_path_factory.mktemp("taught")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAGE_DATA_DIR", str(folder / "var"))
        assert run("synth", folder / "x.csv", "--rows", "500", "--seed", "3").exit_code == 0
        result = run("train", folder / "x.csv", "--no-warm-start", "--promote", "--json", folder / "m.json")
        assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(autouse=True)
def data_dir(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Use the taught model where a test asks for it, an empty directory elsewhere."""
    taught = request.getfixturevalue("taught") if "taught" in request.fixturenames else tmp_path
    monkeypatch.setenv("TRIAGE_DATA_DIR", str(taught / "var"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    assert run(command, "--help").exit_code == 0


def test_classify_writes_one_line_a_row(taught: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert run("classify", taught / "x.csv", "--out", out).exit_code == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 500
    assert list(lines[0])[:3] == ["number", "model", "label"]
    assert {"confidence", "accepted", "novelty", "alternatives", "words"} <= set(lines[0])


def test_evaluate_and_train_report_the_same_kind_of_figures(taught: Path, tmp_path: Path) -> None:
    run("evaluate", taught / "x.csv", "--json", tmp_path / "e.json")
    told = json.loads((tmp_path / "e.json").read_text(encoding="utf-8"))
    assert set(told) == set(json.loads((taught / "m.json").read_text(encoding="utf-8")))


def test_a_version_comes_with_report_card_and_metrics(taught: Path) -> None:
    [folder] = [path for path in (taught / "var/models").iterdir() if path.is_dir()]
    assert {"report.html", "card.md", "metrics.json"} <= {path.name for path in folder.iterdir()}
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "http" not in report.replace("http-equiv", "")


def test_versions_are_listed_shown_and_verified(taught: Path) -> None:
    assert "yes" in run("models", "list").output
    assert run("models", "show").exit_code == 0
    assert run("models", "verify").exit_code == 0


def test_a_changed_file_fails_the_verification(taught: Path) -> None:
    [folder] = [path for path in (taught / "var/models").iterdir() if path.is_dir()]
    card = folder / "card.md"
    saved = card.read_bytes()
    card.write_bytes(saved + b" ")
    try:
        result = run("models", "verify")
    finally:
        card.write_bytes(saved)
    assert result.exit_code == 1
    assert "card.md" in result.output


def test_without_a_model_the_next_step_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("number,short_description\nINC1,hi\n", encoding="utf-8")
    result = run("classify", tmp_path / "x.csv", "--out", tmp_path / "out.jsonl")
    assert "triage train" in getattr(result.exception, "hint", "")


def test_a_file_without_a_readable_row_is_told_with_lines_and_reasons(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"a": 1}\nnot json\n', encoding="utf-8")
    told = str(run("train", tmp_path / "bad.jsonl").exception)
    assert "no row that can be read" in told
    assert "line 2: no JSON" in told


def test_stages_are_told_as_plain_lines_where_no_terminal_is(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("number,short_description\nINC1,hi\n", encoding="utf-8")
    assert "Reading …" in run("train", tmp_path / "x.csv").stderr


def test_an_unknown_label_column_names_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("number,short_description\nINC1,hi\n", encoding="utf-8")
    result = run("train", tmp_path / "x.csv", "--label", "nope")
    assert "short_description" in getattr(result.exception, "hint", "")
