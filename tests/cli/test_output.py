"""What a command writes is whole or not there, and never replaces what it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.cli.output import whole_file
from triage.errors import BadInput


def test_the_file_that_is_read_is_never_written(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text("number\n")
    (tmp_path / "link.csv").symlink_to(export)
    for name in ("export.csv", "link.csv"):
        with (
            pytest.raises(BadInput, match="the output is the file that is read"),
            whole_file(tmp_path / name, export),
        ):
            pass
    assert export.read_text() == "number\n"


def _half(out: Path) -> None:
    with whole_file(out) as lines:
        lines.write("half")
        raise ZeroDivisionError


def test_a_command_that_fails_midway_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("earlier\n")
    with pytest.raises(ZeroDivisionError):
        _half(out)
    assert out.read_text() == "earlier\n"
    assert list(tmp_path.iterdir()) == [out]


def test_a_command_that_ends_well_leaves_all_it_wrote(tmp_path: Path) -> None:
    with whole_file(tmp_path / "out.jsonl") as lines:
        lines.write("whole\n")
    assert (tmp_path / "out.jsonl").read_text() == "whole\n"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, whole_file(tmp_path / "absent" / "out.csv"):
        pytest.fail("nothing to write into")
    assert caught.value.filename == str(tmp_path / "absent")
