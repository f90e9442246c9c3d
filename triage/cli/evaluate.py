"""`triage evaluate`: the metrics of a model on labelled rows it may never have seen."""

from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from models.registry import Registry
from training.course import read_labelled
from training.errors import BadTraining
from training.evaluate import measure
from training.judge import judge_model
from training.publish import peak_mib
from triage.cli.columns import ColumnChoice, columns_of
from triage.cli.console import JsonTarget, emit_json, summary
from triage.cli.metrics import show_metrics, show_tally
from triage.settings import load_settings

Export = Annotated[
    Path, typer.Argument(metavar="EXPORT", exists=True, dir_okay=False, help="CSV or JSON lines with labels.")
]
Label = Annotated[str | None, typer.Option("--label", help="Column with the label; guessed if left out.")]
Version = Annotated[
    str | None, typer.Option("--model", metavar="VERSION", help="Another version than the promoted one.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evaluate", help="Measure a model on labelled rows.")(evaluate)


def evaluate(
    export: Export,
    label: Label = None,
    version: Version = None,
    column: ColumnChoice = None,
    json_to: JsonTarget = None,
) -> None:
    """Classify labelled rows and compare; exit 1 when the precision contract is broken on them."""
    started = monotonic()
    model = Registry(load_settings().data_dir).require(version)
    data, tally = read_labelled([export], label, None, keep_rare=True, columns=columns_of(column))
    if not len(data):
        raise BadTraining(f"No usable row: {tally.sentence()}", hint="Check --label.")
    judged = judge_model(model, data)
    spent = monotonic() - started
    metrics = measure(judged, model.facts.certificate, data.languages, seconds=spent, peak_mib=peak_mib())
    show_metrics(metrics, json_to)
    emit_json(metrics, json_to)
    show_tally(tally, json_to)
    kept = metrics.contract.wrong_rate <= metrics.contract.max_wrong
    summary(
        f"{model.version}: the contract {'holds' if kept else 'is broken'} on these rows.",
        ok=kept,
        target=json_to,
    )
    raise typer.Exit(0 if kept else 1)
