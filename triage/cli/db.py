"""`triage db`: the database's tables."""

from __future__ import annotations

import asyncio

import typer

from triage.cli.console import summary
from triage.settings import load_settings
from triage.store.engine import open_database


def register(app: typer.Typer) -> None:
    """Add the `db` group."""
    group = typer.Typer(no_args_is_help=True, help="Bring the database's tables up to date.")
    group.command("upgrade")(upgrade)
    group.callback()(_group)
    app.add_typer(group, name="db")


def upgrade() -> None:
    """Bring the tables up to date; the service does the same when it starts."""
    asyncio.run(_upgrade())
    summary("the tables are up to date")


def _group() -> None:
    """Keep `upgrade` a subcommand although it is the only one."""


async def _upgrade() -> None:
    async with open_database(load_settings()):
        pass  # opening brings the schema up to date
