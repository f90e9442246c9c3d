"""How the command line speaks: one style for tables, progress, refusals and JSON, safe for hostile text."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from pydantic_core import to_jsonable_python
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from actions.errors import OutsideError
from models.errors import ModelError, Tampered, Untrusted
from triage.errors import BadInput, NotConfigured, TriageError, Unknown

STDOUT = Path("-")

JsonTarget = Annotated[
    Path | None,
    typer.Option(
        "--json", metavar="FILE", allow_dash=True, help="Write the result as JSON too; - is stdout."
    ),
]
"""The `--json FILE|-` option of every reporting command; hand its value to `report` and `emit_json`."""

_FILE_ERRORS = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
EXPLAINED = (TriageError, OutsideError, ModelError, ValidationError, UnicodeDecodeError, *_FILE_ERRORS)
"""The errors that `fail` can tell a person about; any other is a bug and keeps its traceback."""


@cache
def console(*, stderr: bool = False) -> Console:
    """Return the console of a stream; it reads no markup, since tickets and names may contain brackets."""
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def report(target: Path | None = None) -> Console:
    """Return where a command's words go: stdout, or stderr when `--json -` has taken stdout for the JSON."""
    return console(stderr=target == STDOUT)


def safe(value: object) -> Text:
    """Return the value as text that cannot steer a terminal: control and bidi characters become `�`."""
    shown = (
        sign if sign.isprintable() or sign in "\n\t" else "\N{REPLACEMENT CHARACTER}" for sign in str(value)
    )
    return Text("".join(shown))


def table(title: str, *columns: str) -> Table:
    """Return an empty table in the house style, for `add_row`; a column named `#…` holds numbers.

    The first column names the row and is never broken; the others fold where the terminal is narrow.
    """
    drawn = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        number = column.startswith("#")
        drawn.add_column(
            column.removeprefix("#"),
            justify="right" if number else "left",
            no_wrap=column is columns[0],
            overflow="fold",
        )
    return drawn


def add_row(drawn: Table, *values: object) -> None:
    """Append one row; every value is shown as plain, safe text and None as a dash."""
    drawn.add_row(*("-" if value is None else safe(value) for value in values))


def summary(sentence: str, *, ok: bool = True, target: Path | None = None) -> None:
    """Print the one line a command ends with, marked as fine or not."""
    mark = Text("✓ ", "bold green") if ok else Text("✗ ", "bold red")
    report(target).print(mark + safe(sentence), soft_wrap=True)


def emit_json(value: object, target: Path | None) -> None:
    """Write a result as JSON to a file or, for `-`, to stdout; nothing when no target was asked for.

    Takes whatever pydantic can write: its models, dataclasses, mappings, dates, enums.

    Raises:
        OSError: the file cannot be written; it names the file.
    """
    if target is None:
        return
    text = json.dumps(to_jsonable_python(value), ensure_ascii=False, indent=2) + "\n"
    if target == STDOUT:
        sys.stdout.write(text)
    else:
        target.write_text(text, encoding="utf-8")


def progress() -> Progress:
    """Return a progress display on stderr, for `with`; silent when stderr is no terminal."""
    stream = console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=stream,
        transient=True,
        disable=not stream.is_terminal,
    )


def fail(error: Exception) -> NoReturn:
    """Print an error as subject, cause and next step on stderr, and leave with 2 for bad input, else 1."""
    subject, cause, hint = _told(error)
    stream = console(stderr=True)
    heading = safe(f"{subject}: " if subject else "")
    stream.print(Text("✗ ", "bold red") + heading + safe(cause), soft_wrap=True)
    if hint:
        stream.print(Text("→ ", "bold cyan") + safe(hint), soft_wrap=True)
    raise SystemExit(2 if _is_bad_input(error) else 1)


def _told(error: Exception) -> tuple[str, str, str]:
    """Return subject, cause and next step; a refused value itself is left out, it may be a secret."""
    if isinstance(error, OSError):
        return str(error.filename or ""), error.strerror or str(error), "Check the name and what may be read."
    if isinstance(error, UnicodeDecodeError):
        return (
            "",
            "a file that should hold text in UTF-8 does not",
            "Give the text file, not an archive or image.",
        )
    if isinstance(error, ValidationError):
        causes = (
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)
        )
        return error.title, "; ".join(causes), ""
    return getattr(error, "subject", ""), str(error), getattr(error, "hint", "")


def _is_bad_input(error: Exception) -> bool:
    """Tell whether the caller can mend it by giving something else: a file, a value, another model."""
    if isinstance(error, ModelError):
        return not isinstance(error, Tampered | Untrusted)
    return isinstance(
        error, BadInput | NotConfigured | Unknown | ValidationError | UnicodeDecodeError | OSError
    )
