"""`triage audit reconcile`: our record and Entra's, compared both ways."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from triage.app import build
from triage.cli.console import JsonTarget, add_row, emit_json, report, summary, table
from triage.settings import load_settings
from triage.workflow.reconciling import Reconciled
from triage.workflow.reconciling import reconcile as compare


def reconcile(
    *,
    hours: Annotated[int, typer.Option(min=1, max=24 * 30, help="How far back, up to an hour ago.")] = 25,
    json: JsonTarget = None,
) -> None:
    """Compare what Entra recorded of our app with our runs; exit 1 when one knows what the other does not.

    A change without a run means that somebody else uses our app's rights. The service does it every night.
    """
    found = asyncio.run(_reconcile(hours))
    emit_json(found, json)
    _tell(found, json)
    if found.alarms:
        raise typer.Exit(1)


async def _reconcile(hours: int) -> Reconciled:
    async with build(load_settings()) as services:
        return await compare(services, timedelta(hours=hours))


def _tell(found: Reconciled, json: Path | None) -> None:
    if found.alarms:
        drawn = table("Contradictions", "when", "what", "activity", "reference")
        for alarm in found.alarms:
            add_row(
                drawn, alarm.at.isoformat(timespec="seconds"), alarm.kind, alarm.activity, alarm.reference
            )
        report(json).print(drawn)
    counted = f"{found.changes} changes in Entra and {found.runs} runs of ours compared"
    summary(f"{counted}: {len(found.alarms) or 'no'} contradictions", ok=not found.alarms, target=json)
