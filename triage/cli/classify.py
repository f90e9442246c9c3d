"""`triage classify`: one prediction a row, as JSON lines."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, TextIO

import typer

from models.model import Model
from models.registry import Registry
from training.export import BadRow, Row, read_export
from training.tickets import ticket_text
from triage.cli.columns import ColumnChoice, columns_of
from triage.cli.console import console, progress, summary
from triage.cli.output import whole_file
from triage.settings import load_settings

_CHUNK = 1000

File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or JSON lines.")]
Out = Annotated[Path, typer.Option("--out", metavar="OUT.jsonl", help="File to write, one prediction a row.")]
Version = Annotated[
    str | None, typer.Option("--model", metavar="VERSION", help="Another version than the promoted one.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("classify", help="Write one prediction for each row of a file.")(classify)


def classify(file: File, out: Out, version: Version = None, column: ColumnChoice = None) -> None:
    """Classify every readable row in file order; unreadable rows are named with line and reason."""
    model = Registry(load_settings().data_dir).require(version)
    bad: list[BadRow] = []
    accepted = written = 0
    with whole_file(out, file) as lines, progress() as bar:
        task = bar.add_task("Classifying", total=None)
        for chunk in _chunks(_readable(read_export(file, columns_of(column)), bad)):
            accepted += _write(model, chunk, lines)
            written += len(chunk)
            bar.advance(task, len(chunk))
    for row in bad:
        console(stderr=True).print(f"line {row.line} left out: {row.reason}")
    summary(f"{written} rows classified by {model.version}, {accepted} accepted, {len(bad)} left out: {out}")


def _readable(rows: Iterable[Row | BadRow], bad: list[BadRow]) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, Row):
            yield row
        else:
            bad.append(row)


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _write(model: Model, rows: list[Row], lines: TextIO) -> int:
    """Write a chunk and return how many of its rows are accepted."""
    predictions = model.predict([ticket_text(row.fields) for row in rows])
    for row, prediction in zip(rows, predictions, strict=True):
        number = row.fields.get("number") or f"line {row.line}"
        told = {"number": number, "model": prediction.model, **prediction.model_dump(mode="json")}
        lines.write(json.dumps(told, ensure_ascii=False) + "\n")
    return sum(one.accepted for one in predictions)
