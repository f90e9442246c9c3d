"""`triage audit`: check the chain from end to end, and take it elsewhere."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from triage.audit.chain import Record
from triage.audit.export import line, read
from triage.audit.log import records
from triage.audit.verify import ChainReport, verify
from triage.cli.console import STDOUT, JsonTarget, emit_json, summary
from triage.errors import BadInput
from triage.settings import load_settings
from triage.store.engine import open_database


def register(app: typer.Typer) -> None:
    """Add the `audit` group."""
    group = typer.Typer(no_args_is_help=True, help="Verify and export the audit chain.")
    group.command("verify")(verify_chain)
    group.command("export")(export_chain)
    app.add_typer(group, name="audit")


def verify_chain(
    file: Annotated[
        Path | None, typer.Argument(help="An exported chain; without it the database is read.")
    ] = None,
    *,
    head: Annotated[
        str, typer.Option(help="A head kept from an earlier check; it must be in the chain.")
    ] = "",
    json: JsonTarget = None,
) -> None:
    """Check that no record of the chain was changed, left out or put in; name the first that was.

    A chain whose end was cut off looks whole unless a head that was kept elsewhere is given.
    """
    report = asyncio.run(_verify_file(file, head) if file else _verify_database(head))
    if file and not report.checked and report.ok:
        raise BadInput(
            "there is no audit record in it", hint="Write one with `triage audit export`.", subject=str(file)
        )
    emit_json(report, json)
    if report.ok:
        summary(
            f"{report.checked} audit records follow each other; head {report.head or 'none'}",
            target=json,
        )
        return
    summary(f"{report.reason} ({report.checked} records before it are good)", ok=False, target=json)
    raise typer.Exit(1)


def export_chain(
    out: Annotated[Path, typer.Argument(allow_dash=True, help="JSON lines; - is stdout.")],
    *,
    after: Annotated[int, typer.Option(min=0, help="Only records after this number.")] = 0,
) -> None:
    """Write the chain as JSON lines, which `triage audit verify FILE` checks anywhere."""
    written = asyncio.run(_export(out, after))
    summary(f"{written} audit records written", target=out)


async def _verify_file(file: Path, head: str) -> ChainReport:
    with file.open(encoding="utf-8") as lines:
        return await verify(read(lines, str(file)), head=head)


async def _verify_database(head: str) -> ChainReport:
    async with _chain() as chain:
        return await verify(chain, head=head)


async def _export(out: Path, after: int) -> int:
    written = 0
    stream = sys.stdout if out == STDOUT else out.open("w", encoding="utf-8")
    try:
        async with _chain(after) as chain:
            async for record in chain:
                stream.write(line(record) + "\n")
                written += 1
    finally:
        if stream is not sys.stdout:
            stream.close()
    return written


@asynccontextmanager
async def _chain(after: int = 0) -> AsyncIterator[AsyncIterator[Record]]:
    """The records of the database in the settings, read in one snapshot."""
    async with open_database(load_settings()) as database, database.engine.connect() as conn:
        snapshot = await conn.execution_options(isolation_level="REPEATABLE READ")
        yield records(snapshot, after=after)
