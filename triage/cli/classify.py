"""`triage classify`: one prediction a row, as JSON lines."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from models.registry import Registry
from training.export import BadRow, Row, read_export
from triage.cli.columns import ColumnChoice, columns_of
from triage.cli.console import console, progress, safe, summary
from triage.cli.ending import tidily
from triage.cli.output import whole_file
from triage.cli.side_by_side import classified, processes
from triage.settings import load_settings

File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or JSON lines.")]
Out = Annotated[Path, typer.Option("--out", metavar="OUT.jsonl", help="File to write, one prediction a row.")]
Version = Annotated[
    str | None, typer.Option("--model", metavar="VERSION", help="Another version than the promoted one.")
]

Jobs = Annotated[
    int, typer.Option(min=0, metavar="N", help="Processes for a large file; by default one a processor.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("classify", help="Write one prediction for each row of a file.")(classify)


def classify(
    file: File, out: Out, version: Version = None, column: ColumnChoice = None, jobs: Jobs = 0
) -> None:
    """Classify every readable row in file order; unreadable rows are named with line and reason."""
    data_dir = load_settings().data_dir
    model = Registry(data_dir).require(version)
    bad: list[BadRow] = []
    accepted = written = 0
    with tidily(), whole_file(out, file) as lines, progress() as bar:
        task = bar.add_task("Classifying", total=None)
        rows = _readable(read_export(file, columns_of(column)), bad)
        for answers in classified(data_dir, model.version, rows, jobs or processes()):
            lines.write(answers.lines)
            written += answers.rows
            accepted += answers.accepted
            bar.advance(task, answers.rows)
    for row in bad:
        console(stderr=True).print(safe(f"line {row.line} left out: {row.reason}"), soft_wrap=True)
    summary(f"{written} rows classified by {model.version}, {accepted} accepted, {len(bad)} left out: {out}")


def _readable(rows: Iterable[Row | BadRow], bad: list[BadRow]) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, Row):
            yield row
        else:
            bad.append(row)
