"""`triage doctor`: looks at everything the service stands on and tells, line by line, what to mend."""

from __future__ import annotations

import asyncio
from collections import Counter

import typer
from rich.text import Text

from actions.vocabulary import Frozen
from triage.cli.console import JsonTarget, emit_json, report, safe, summary
from triage.doctor.finding import Finding, State
from triage.doctor.round import look_at_everything
from triage.settings import load_settings

_STYLES = {State.OK: "green", State.WARN: "yellow", State.FAIL: "bold red", State.SKIPPED: "dim"}
_WIDTH = max(len(state) for state in State)


class Report(Frozen):
    """What the doctor saw; `ok` is false when anything failed."""

    ok: bool
    counts: dict[State, int]
    findings: tuple[Finding, ...]


def register(app: typer.Typer) -> None:
    """Add `doctor`."""
    app.command("doctor")(doctor)


def doctor(*, json: JsonTarget = None) -> None:
    """Check everything the service stands on, and tell the next step.

    Nothing is changed, inside or outside. Lines are ok, warn, fail or skipped; leaves with 1 when one fails.
    """
    found = _report(asyncio.run(look_at_everything(load_settings())))
    emit_json(found, json)
    width = max(len(one.name) for one in found.findings)
    for one in found.findings:
        _print(one, width, json)
    told = ", ".join(f"{count} {state}" for state, count in found.counts.items() if count)
    summary(told, ok=found.ok, target=json)
    if not found.ok:
        raise typer.Exit(1)


def _report(findings: tuple[Finding, ...]) -> Report:
    counted = Counter(one.state for one in findings)
    counts = {state: counted[state] for state in State}
    return Report(ok=not counts[State.FAIL], counts=counts, findings=findings)


def _print(one: Finding, width: int, json: JsonTarget) -> None:
    stream = report(json)
    state = Text(f"{one.state:<{_WIDTH}}  ", _STYLES[one.state])
    stream.print(state + safe(f"{one.name:<{width}}  {one.sentence}"), soft_wrap=True)
    if one.hint and one.state is not State.SKIPPED:
        stream.print(Text(" " * (_WIDTH + width + 4) + "→ ", "cyan") + safe(one.hint), soft_wrap=True)
