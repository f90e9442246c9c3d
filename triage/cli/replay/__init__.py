"""`triage replay`: the whole decision for each row of a file by the production code, without any effect."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TextIO

import typer
from pydantic import ValidationError

from models.registry import Registry
from training.company import harborline, load_company
from training.export import BadRow, read_export
from triage.app import load_policy
from triage.cli.columns import ColumnChoice, columns_of
from triage.cli.console import JsonTarget, add_row, emit_json, progress, report, safe, summary, table
from triage.cli.output import whole_file
from triage.cli.replay.rehearsal import Rehearsal, rehearsal
from triage.cli.replay.resolved import Tally, drawn, in_words, tallies
from triage.cli.replay.truth import LABEL, PARAMETERS, Compared, compared
from triage.clock import system_clock
from triage.domain.decision import Decision, Verdict
from triage.domain.ticket import Ticket
from triage.errors import BadInput
from triage.intake.export import ticket_of
from triage.settings import load_settings

_PACE = timedelta(minutes=5)
"""Between two rows without a time: as one desk would get them, so that nothing looks like a storm."""


@dataclass(frozen=True)
class _Line:
    """A row of the file that could be read, and its ticket."""

    row: Mapping[str, str]
    ticket: Ticket


@dataclass
class _Outcome:
    """What a replay found: decisions, parameters beside the truth, rows of another label than told."""

    decisions: list[Decision] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    labelled_otherwise: int = 0

    @property
    def tallies(self) -> list[Tally]:
        """One tally a parameter; none where the file has no truth."""
        return tallies(self.compared)


def register(app: typer.Typer) -> None:
    """Add the `replay` command."""
    app.command("replay", help="Write the whole decision for each row, with no effect anywhere.")(replay)


def replay(
    file: Annotated[Path, typer.Argument(help="An export: CSV or JSON lines.")],
    *,
    out: Annotated[Path, typer.Option(help="Where the decisions go, a JSON line each.")],
    world: Annotated[Path | None, typer.Option(help="Another company than Harborline (JSON).")] = None,
    model: Annotated[str | None, typer.Option(help="A model version; the promoted one else.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Folder of the site's own *.cedar files.")] = None,
    against: Annotated[Path | None, typer.Option(help="An earlier replay to compare with.")] = None,
    label: Annotated[
        str, typer.Option(help="Take this column's label in place of the model's, as after a correction.")
    ] = "",
    column: ColumnChoice = None,
    json: JsonTarget = None,
) -> None:
    """Decide on every row in file order, on one make-believe clock and memory.

    A file with the truth in it (`triage synth` writes `u_intent` and `u_parameters`) is also measured: each
    parameter of the rows labelled rightly is right, wrong, ambiguous or missing.
    """
    settings = load_settings()
    serving = Registry(settings.data_dir).require(model)
    company = load_company(world) if world else harborline()
    given, bad = _tickets(file, columns_of(column))
    before = _verdicts(against) if against else {}
    if not given and bad:
        raise BadInput(
            f"no row can be replayed; the first says: {bad[0].reason}",
            hint="Give an export (docs/reference/cli.md); an earlier replay goes to --against.",
            subject=str(file),
        )
    sources = (file, against) if against else (file,)
    rules = load_policy(settings, policy)
    stage = rehearsal(company, serving, rules, settings.playbooks_dir)
    with whole_file(out, *sources) as lines:
        outcome = asyncio.run(_decide(given, stage, lines, label))
    _tell(outcome, bad, before, json)


async def _decide(
    given: Sequence[_Line], staged: AbstractAsyncContextManager[Rehearsal], lines: TextIO, label: str
) -> _Outcome:
    outcome = _Outcome()
    with progress() as bar:
        task = bar.add_task("Deciding", total=len(given))
        async with staged as stage:
            for line in given:
                found = await stage.decide(line.ticket, corrected=line.row.get(label) or None)
                outcome.decisions.append(found.decision)
                await _compare(line.row, found.decision, stage, outcome)
                lines.write(found.decision.model_dump_json() + "\n")
                bar.advance(task)
    return outcome


async def _compare(row: Mapping[str, str], decision: Decision, stage: Rehearsal, outcome: _Outcome) -> None:
    """Compare with the row's truth, if it tells one; another label has other parameters."""
    tools, told = stage.tools, row.get(LABEL)
    if not told or PARAMETERS not in row:
        return
    if told != decision.label:
        outcome.labelled_otherwise += 1
    elif playbook := tools.playbooks.get(told):
        outcome.compared += compared(row, decision, playbook, await tools.directory(), tools.site)


def _tickets(file: Path, columns: Mapping[str, str]) -> tuple[list[_Line], list[BadRow]]:
    """Return the rows of a file with their tickets, and those that cannot be read, with their reasons.

    A row that does not say when it was opened counts as opened a little after the one before it.
    """
    clock, given, bad = system_clock(), [], []
    for row in read_export(file, columns):
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        try:
            ticket = ticket_of(row.fields, row.line, now=clock + _PACE)
        except BadInput as error:
            bad.append(BadRow(row.line, error.message))
            continue
        clock = ticket.opened_at
        given.append(_Line(row.fields, ticket))
    return given, bad


def _verdicts(file: Path) -> dict[str, Verdict]:
    """Return the verdict of each ticket in an earlier replay.

    Raises:
        BadInput: a line is no decision; it is named.
    """
    found = {}
    for number, text in enumerate(file.read_text("utf-8").splitlines(), start=1):
        try:
            decision = Decision.model_validate_json(text)
        except ValidationError:
            raise BadInput(
                "this line is no decision",
                hint="Give a file that `triage replay` wrote.",
                subject=f"{file}:{number}",
            ) from None
        found[decision.number] = decision.verdict
    return found


def _tell(outcome: _Outcome, bad: Sequence[BadRow], before: Mapping[str, Verdict], json: Path | None) -> None:
    decisions, counted = outcome.decisions, outcome.tallies
    counts = Counter(one.verdict.value for one in decisions)
    changed = [
        {"number": one.number, "before": before[one.number].value, "after": one.verdict.value}
        for one in decisions
        if one.number in before and before[one.number] is not one.verdict
    ]
    emit_json(
        {
            "rows": len(decisions),
            "verdicts": dict(counts),
            "left_out": [{"line": row.line, "reason": row.reason} for row in bad],
            "changed": changed,
            "labelled_otherwise": outcome.labelled_otherwise,
            "parameters": [tally.as_json() for tally in counted],
        },
        json,
    )
    for row in bad:
        report(json).print(safe(f"line {row.line} was left out: {row.reason}"), soft_wrap=True)
    _show(counted, changed, json)
    told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())) or "nothing"
    summary(f"{len(decisions)} rows: {told}; {len(bad)} left out; {len(changed)} changed", target=json)
    if measured := in_words(counted):
        summary(f"{measured}; {outcome.labelled_otherwise} rows labelled otherwise", target=json)


def _show(counted: Sequence[Tally], changed: Sequence[Mapping[str, str]], json: Path | None) -> None:
    if counted:
        report(json).print(drawn(counted))
    if changed:
        others = table("Decided otherwise than before", "Ticket", "Before", "Now")
        for one in changed:
            add_row(others, one["number"], one["before"], one["after"])
        report(json).print(others)
