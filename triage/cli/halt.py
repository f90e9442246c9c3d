"""`triage halt` and `triage resume`: the kill switch from the command line, also with the database down."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Iterable
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from actions.catalogue import load
from actions.vocabulary import Frozen
from models.labels import LABELS
from triage.cli.console import JsonTarget, add_row, emit_json, report, summary, table
from triage.clock import system_clock
from triage.errors import BadInput, TriageError
from triage.halt import FILE, Halt, Scope, active, lift_halt, on_file, set_halt, write_file
from triage.settings import Settings, load_settings
from triage.store.engine import open_database

Everything = Annotated[bool, typer.Option("--all", help="Everything.")]
OfAction = Annotated[str, typer.Option("--action", help="One action, by its name.")]
OfTier = Annotated[int | None, typer.Option("--tier", min=0, max=4, help="This tier and all above it.")]
OfLabel = Annotated[str, typer.Option("--label", help="One label.")]

_NO_DATABASE = "the database does not answer"


class Standing(Frozen):
    """What is halted now: by the table (every machine) and by the file (this machine)."""

    table: tuple[Halt, ...]
    file: tuple[Halt, ...]


def register(app: typer.Typer) -> None:
    """Add `halt` and `resume`."""
    app.command("halt", help="Stop effects: all, one action's, one tier's or one label's.")(halt)
    app.command("resume", help="Let halted effects run again.")(resume)


def halt(
    *,
    everything: Everything = False,
    action: OfAction = "",
    tier: OfTier = None,
    label: OfLabel = "",
    reason: Annotated[str, typer.Option(help="Why; it is shown everywhere.")] = "no reason given",
    json: JsonTarget = None,
) -> None:
    """Stop effects before the next one; without an option, say what is halted.

    The file takes effect at once on this machine; the table, on every machine. Held runs keep their place.
    """
    settings, wanted = load_settings(), _wanted(everything=everything, action=action, tier=tier, label=label)
    if wanted is None:
        _show(asyncio.run(_standing(settings)), json)
        return
    path = settings.data_dir / FILE
    before = tuple(on_file(path))
    write_file(settings.data_dir, {*before, wanted})
    if not asyncio.run(_set(settings, wanted, reason)):
        summary(f"halted on this machine only: {_NO_DATABASE}; say it again later", ok=False, target=json)
        raise typer.Exit(1)
    write_file(settings.data_dir, before)
    summary(f"{_words(wanted)} is halted on every machine", target=json)


def resume(
    *,
    everything: Everything = False,
    action: OfAction = "",
    tier: OfTier = None,
    label: OfLabel = "",
    json: JsonTarget = None,
) -> None:
    """Lift one halt, from the file and from the table, and say what stays halted.

    Raises:
        BadInput: it is not said which.
    """
    settings, wanted = load_settings(), _wanted(everything=everything, action=action, tier=tier, label=label)
    if wanted is None:
        raise BadInput("it is not said what to resume", hint="Say --all, --action, --tier or --label.")
    written = tuple(on_file(settings.data_dir / FILE))
    write_file(settings.data_dir, [one for one in written if one != wanted])
    lifted = asyncio.run(_lift(settings, wanted)) or wanted in written
    left = asyncio.run(_standing(settings))
    still = "; ".join(_words(one) for one in (*left.table, *left.file))
    told = f"{_words(wanted)} {'is no longer halted' if lifted else 'was not halted'}"
    summary(f"{told}; still halted: {still or 'nothing'}", target=json)


def _wanted(*, everything: bool, action: str, tier: int | None, label: str) -> Halt | None:
    named = [
        *([Halt(scope=Scope.ALL)] if everything else []),
        *([Halt(scope=Scope.ACTION, key=action)] if action else []),
        *([Halt(scope=Scope.TIER, key=str(tier))] if tier is not None else []),
        *([Halt(scope=Scope.LABEL, key=label)] if label else []),
    ]
    if len(named) > 1:
        raise BadInput("only one thing at a time", hint="Say --all, --action, --tier or --label.")
    _refuse_unknown(action, load(), "action")
    _refuse_unknown(label, LABELS, "label")
    return named[0] if named else None


def _refuse_unknown(name: str, known: Iterable[str], kind: str) -> None:
    """In an emergency a mistyped name must not read as success."""
    if name and name not in known:
        raise BadInput(
            f"there is no {kind} {name!r}, so nothing was halted or lifted",
            hint=f"Known: {', '.join(known)}.",
        )


async def _set(settings: Settings, wanted: Halt, reason: str) -> bool:
    try:
        async with open_database(settings) as database, database.engine.begin() as conn:
            await set_halt(conn, wanted, reason=reason, actor=_actor(), now=system_clock())
    except (SQLAlchemyError, OSError, TriageError):
        return False
    return True


async def _lift(settings: Settings, wanted: Halt) -> bool:
    async with open_database(settings) as database, database.engine.begin() as conn:
        return await lift_halt(conn, wanted, actor=_actor(), now=system_clock())


async def _standing(settings: Settings) -> Standing:
    async with open_database(settings) as database, database.engine.connect() as conn:
        stored = tuple(one.halt for one in await active(conn))
    return Standing(table=stored, file=tuple(on_file(settings.data_dir / FILE)))


def _show(standing: Standing, json: JsonTarget) -> None:
    emit_json(standing, json)
    drawn = table("Halted", "What", "Where")
    for where, found in (("every machine", standing.table), ("this machine, by file", standing.file)):
        for one in found:
            add_row(drawn, _words(one), where)
    if drawn.row_count:
        report(json).print(drawn)
    summary(f"{drawn.row_count or 'nothing'} halted", target=json)


def _words(one: Halt) -> str:
    return "everything" if one.scope is Scope.ALL else f"{one.scope} {one.key}"


def _actor() -> str:
    """The operating system's name of whoever types; there is no other identity at a shell."""
    return f"cli:{getpass.getuser()}"
