"""Lets a version serve if the gate agrees, or against it with a reason that is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from pydantic import BaseModel

from models.errors import ModelError
from models.model import Model
from models.registry import Registry
from models.text import TicketText
from training.course import read_labelled, serving_metrics, speaks_of_shipped_intents
from training.dataset import Dataset
from training.errors import BadTraining
from training.evaluate import Metrics
from training.export import Row, read_export
from training.gate import Replayed, golden_misses, replayed, worse_figures
from training.tickets import ticket_text
from triage.classify import text_of
from triage.cli.console import report, safe
from triage.settings import Settings
from triage.store.engine import open_database
from triage.store.tickets import newest

Golden = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="Labelled tickets the version must get right."),
]
Replay = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="Recent tickets, to count the decisions that change."),
]
Recent = Annotated[
    int, typer.Option(min=0, metavar="N", help="Count them on the last N tickets of the database instead.")
]
Force = Annotated[
    str,
    typer.Option("--force", metavar="REASON", help="Promote although the gate says no; the reason is kept."),
]


class Outcome(BaseModel):
    """What the gate said: reasons against, in sentences, and what changes for recent tickets."""

    version: str
    promoted: bool
    reasons: list[str]
    replay: Replayed | None
    forced: str = ""


@dataclass(frozen=True)
class Evidence:
    """What a version is held to beside its figures: golden and recent tickets."""

    golden: Dataset
    strict: bool
    recent: Sequence[TicketText]
    max_changed: float


def evidence(
    settings: Settings, *, golden: Path | None = None, replay: Path | None = None, recent: int = 0
) -> Evidence:
    """Read what the options name, or else the settings, or else the golden tickets we ship.

    Raises:
        BadTraining: A golden ticket cannot be read or has no label.
        ModelError, OSError: A file cannot be read.
    """
    own = golden or settings.models.golden_file
    file = replay or settings.models.replay_file
    tickets = asyncio.run(_stored(settings, recent)) if recent else _exported(file) if file else []
    return Evidence(
        _golden(own) if own else _shipped(), own is not None, tickets, settings.models.max_changed
    )


def through_gate(
    registry: Registry, version: str, held_to: Evidence, now: datetime, force: str = ""
) -> Outcome:
    """Judge a version and let it serve if nothing speaks against it, or if a reason is given.

    Raises:
        ModelError: The version cannot be verified.
    """
    new, serving = registry.load(version), _serving(registry)
    reasons = _by_figures(registry, version)
    golden = held_to.golden if held_to.strict else _known(held_to.golden, new)
    reasons += golden_misses(new, golden, serving, strict=held_to.strict) if len(golden) else []
    replay = replayed(new, serving, held_to.recent) if serving and held_to.recent else None
    if replay and replay.share > held_to.max_changed:
        reasons.append(
            f"{replay.share:.1%} of the recent tickets would be decided otherwise; "
            f"{held_to.max_changed:.1%} may (TRIAGE_MODELS__MAX_CHANGED)."
        )
    promoted = not reasons or bool(force)
    if promoted:
        registry.promote(version, now, forced=force if reasons else "")
    return Outcome(
        version=version, promoted=promoted, reasons=reasons, replay=replay, forced=force if reasons else ""
    )


def tell(outcome: Outcome, json_to: Path | None) -> None:
    """Print what the gate found, before the line a command ends with."""
    out = report(json_to)
    if outcome.replay:
        out.print(outcome.replay.sentence(), soft_wrap=True)
    for reason in outcome.reasons:
        out.print(safe(reason), soft_wrap=True)


def _serving(registry: Registry) -> Model | None:
    """Return the version that serves; None also where it is broken, since its successor must be let in."""
    version = registry.current_version()
    try:
        return registry.load(version) if version else None
    except ModelError:
        return None


def _by_figures(registry: Registry, version: str) -> list[str]:
    found = registry.metrics(version)
    return worse_figures(Metrics.model_validate(found), serving_metrics(registry)) if found else []


def _golden(path: Path) -> Dataset:
    data, tally = read_labelled([path], None, None, keep_rare=True)
    if tally.bad or tally.unlabelled or tally.empty or not len(data):
        raise BadTraining(
            f"{path} is no golden set: {tally.sentence()}", hint="Every row needs words and a label."
        )
    return data


def _shipped() -> Dataset:
    with as_file(files("training").joinpath("data/golden.csv")) as path:
        return _golden(path)


def _known(golden: Dataset, model: Model) -> Dataset:
    """Return the shipped golden tickets of labels that the model has; none for a model of other intents."""
    labels = set(model.labels)
    if not speaks_of_shipped_intents(labels):
        return golden.at(np.empty(0, np.int64))
    return golden.at(np.flatnonzero([label in labels for label in golden.labels]))


def _exported(path: Path) -> list[TicketText]:
    return [ticket_text(row.fields) for row in read_export(path) if isinstance(row, Row)]


async def _stored(settings: Settings, limit: int) -> list[TicketText]:
    """Return the words of the tickets taken in last; of each ticket its newest revision."""
    async with open_database(settings) as database, database.engine.connect() as conn:
        found = [stored.ticket for stored in await newest(conn, limit)]
    latest = {(ticket.source, ticket.sys_id): ticket for ticket in reversed(found)}
    return [text_of(ticket) for ticket in latest.values()]
