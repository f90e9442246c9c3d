"""The root of the command line: what is listed exists, says the same everywhere, is imported when called."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

import pytest
import typer
from typer.main import get_group
from typer.testing import CliRunner

import triage.cli
from triage.cli import COMMANDS, build, main

HEAVY = ("sklearn", "pandas", "sqlalchemy", "fastapi", "procrastinate", "cedarpy", "httpx", "training")


def registered(module: str) -> dict[str, str]:
    """Return the commands that a module adds, with the first sentence of their help."""
    app = typer.Typer()
    import_module(f"triage.cli.{module}").register(app)
    return {name: (one.help or "").partition("\n")[0] for name, one in get_group(app).commands.items()}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_listed_command_says_what_its_code_says(command: triage.cli.Command) -> None:
    assert registered(command.module)[command.name] == command.sentence


def test_every_module_that_registers_is_listed() -> None:
    names = {one.name for one in iter_modules(triage.cli.__path__)}
    found = {name for name in names if hasattr(import_module(f"triage.cli.{name}"), "register")}
    assert {command.module for command in COMMANDS} == found


def test_help_lists_every_command() -> None:
    text = CliRunner().invoke(build(["--help"]), ["--help"]).output
    assert [command.name for command in COMMANDS if f" {command.name} " not in text] == []


def test_help_imports_no_room_of_the_house() -> None:
    code = (
        f"import sys, triage.cli as c; c.build(['--help']); print([m for m in {HEAVY} if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_a_mistyped_command_is_met_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["triage", COMMANDS[0].name + "x"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert f"'{COMMANDS[0].name}'" in capsys.readouterr().err
