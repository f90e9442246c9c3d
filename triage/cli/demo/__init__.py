"""`triage demo`: a make-believe company's tickets go all the way through, from export to closed ticket."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from triage.cli.console import STDOUT, JsonTarget, emit_json, report, summary
from triage.cli.demo.board import closing
from triage.cli.demo.director import Wish, perform
from triage.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the `demo` command."""
    app.command("demo", help="Watch a make-believe company's tickets go all the way through.")(demo)


def demo(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the service.")] = 8080,
    tickets: Annotated[int, typer.Option(min=10, max=2000, help="How many tickets to play in.")] = 80,
    leave: Annotated[
        bool, typer.Option("--exit", help="End after the last ticket is settled, and print the summary.")
    ] = False,
    json: JsonTarget = None,
) -> None:
    """Build the company, train, serve, play tickets in, and show what becomes of each."""
    folder = (load_settings().data_dir / "demo").absolute()
    json = json.absolute() if json and json != STDOUT else json
    told = asyncio.run(perform(Wish(folder, port, tickets, leave), report(json)))
    emit_json(told, json)
    report(json).print(closing(told))
    summary(told.sentence, ok=told.ok, target=json)
    if not told.ok:
        raise typer.Exit(1)
