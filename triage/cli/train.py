"""`triage train`: a new model version from exports, with its report; promoted only if the gate lets it."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from models.certificate import Contract
from models.labels import OTHER
from models.registry import Registry
from training.course import Course, load_course
from training.publish import Published, publish
from training.work import Stage
from triage.cli.columns import ColumnChoice, columns_of
from triage.cli.console import JsonTarget, emit_json, report, summary
from triage.cli.ending import tidily
from triage.cli.metrics import show_metrics, show_tally
from triage.cli.model_keys import signing_key
from triage.cli.promotion import Evidence, evidence, tell, through_gate
from triage.cli.stages import stages
from triage.settings import load_settings

Exports = Annotated[
    list[Path], typer.Argument(metavar="EXPORT...", exists=True, dir_okay=False, help="CSV or JSON lines.")
]
Label = Annotated[str | None, typer.Option("--label", help="Column with the label; guessed if left out.")]
MapFile = Annotated[
    Path | None, typer.Option("--map", exists=True, dir_okay=False, help="YAML rules from fields to labels.")
]
MaxWrong = Annotated[
    float, typer.Option(min=0.0001, max=0.49, help="Share of accepted tickets that may be wrong.")
]
Assurance = Annotated[float, typer.Option(min=0.51, max=0.999, help="How sure that must be.")]
OtherShare = Annotated[
    float,
    typer.Option(min=0.0, max=0.95, help="Share of the queue that is no intent, where the export has less."),
]
WarmStart = Annotated[
    bool | None,
    typer.Option("--warm-start/--no-warm-start", help="Add the shipped corpus; by default to small exports."),
]
Promote = Annotated[bool, typer.Option("--promote", help="Let the version serve, if the gate agrees.")]
Seed = Annotated[int, typer.Option(help="Seed of every random choice.")]

_FEW_OTHERS = 0.05
"""Share of `other` below which an export was most likely cleaned of what nobody can automate."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train", help="Train a new model version on ServiceNow exports.")(train)


def train(
    exports: Exports,
    label: Label = None,
    map_file: MapFile = None,
    max_wrong: MaxWrong = 0.01,
    assurance: Assurance = 0.95,
    other_share: OtherShare = 0.0,
    column: ColumnChoice = None,
    *,
    warm_start: WarmStart = None,
    promote: Promote = False,
    seed: Seed = 1,
    json_to: JsonTarget = None,
) -> None:
    """Read, teach, measure, write a version; exit 1 when --promote was asked for and the gate says no."""
    settings, now, jobs = load_settings(), datetime.now(UTC), os.cpu_count() or 1
    registry = Registry(settings.data_dir)
    held_to = evidence(settings) if promote else None
    with tidily(), stages() as show:
        show(Stage("Reading"))
        course = load_course(
            exports, label, map_file, warm_start=warm_start, seed=seed, jobs=jobs, columns=columns_of(column)
        )
        published = publish(
            course.data,
            course.tally,
            Contract(max_wrong=max_wrong, assurance=assurance, other_share=other_share),
            course.plan,
            registry,
            show,
            seed=seed,
            jobs=jobs,
            now=now,
            key=signing_key(settings.data_dir),
        )
    show_metrics(published.metrics, json_to)
    emit_json(published.metrics, json_to)
    _say(course, published, registry, json_to)
    if held_to:
        _promote(registry, published.version, held_to, now, json_to)


def _say(course: Course, published: Published, registry: Registry, json_to: Path | None) -> None:
    out = report(json_to)
    show_tally(course.tally, json_to)
    metrics = published.metrics
    others = metrics.per_label[OTHER].rows / metrics.rows if OTHER in metrics.per_label else 0.0
    if others < _FEW_OTHERS:
        out.print(
            f"Only {others:.1%} of the rows are {OTHER}. If more of your queue is, say so with "
            "--other-share, or the contract will not hold for it.",
            soft_wrap=True,
        )
    out.print(f"Report: {registry.folder(published.version) / 'report.html'}", soft_wrap=True)


def _promote(
    registry: Registry, version: str, held_to: Evidence, now: datetime, json_to: Path | None
) -> None:
    outcome = through_gate(registry, version, held_to, now)
    tell(outcome, json_to)
    if not outcome.promoted:
        summary(f"{version} is kept, not promoted.", ok=False, target=json_to)
        raise typer.Exit(1)
    summary(f"{version} serves now.", target=json_to)
