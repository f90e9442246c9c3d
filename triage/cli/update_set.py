"""`triage update-set`: what an administrator of ServiceNow installs so that changes are told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from triage.cli.console import summary
from triage.cli.output import whole_file
from triage.clock import system_clock
from triage.intake.servicenow_app import update_set
from triage.settings import load_settings

Out = Annotated[Path, typer.Argument(metavar="OUT.xml", help="Where to write it.")]


def register(app: typer.Typer) -> None:
    """Add `update-set`."""
    app.command("update-set")(write)


def write(out: Out) -> None:
    """Write the update set with which ServiceNow tells changes.

    It holds no secret and no address. Business rules are made for the tables in TRIAGE_SERVICENOW__TABLES.
    """
    tables = load_settings().servicenow.tables
    with whole_file(out) as file:
        file.write(update_set(tables, system_clock()))
    summary(f"{out}: hints of {', '.join(tables)}; docs/how-to/servicenow-webhook.md tells how to install it")
