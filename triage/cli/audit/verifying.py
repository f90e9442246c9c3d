"""`triage audit verify`, `sign`, `key`, `rotate-key`: the chain, its keys, old decisions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from triage.audit import anchors, checkpoints
from triage.audit.chain import Record
from triage.audit.export import read
from triage.audit.log import records
from triage.audit.verify import ChainReport, Kept, verify
from triage.cli.audit.ground import actor, snapshot
from triage.cli.console import JsonTarget, emit_json, report, safe, summary
from triage.clock import system_clock
from triage.errors import BadInput, Unknown
from triage.settings import load_settings
from triage.signing import read_public_keys
from triage.store.engine import open_database
from triage.workflow.redecide import Outcome, Redecided, redecide


def verify_chain(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]...", help="An exported chain, in parts and in order; else the database."
        ),
    ] = None,
    *,
    head: Annotated[
        str, typer.Option(help="A head kept from an earlier check; it must be in the chain.")
    ] = "",
    key: Annotated[
        Path | None, typer.Option(help="PEM file of public keys to trust: the signatures are checked too.")
    ] = None,
    anchor: Annotated[
        Path | None, typer.Option(help="File of deposited checkpoints; each must be in the chain.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--redecide", help="Make every old decision again from its record.")
    ] = False,
    json: JsonTarget = None,
) -> None:
    """Check that no record of the chain was changed, left out or put in; name the first that was.

    A chain that was cut off, or written anew as a whole, looks whole unless a head, a deposited checkpoint or
    a public key is given.
    """
    if again and files:
        raise BadInput("old decisions are made again from the database", hint="Leave the files out.")
    keys = read_public_keys(key) if key else None
    kept = [*([Kept(hash=head)] if head else ()), *_deposits(anchor)]
    if files:
        told = asyncio.run(verify(_read_all(files), kept=kept, keys=keys))
    else:
        told = asyncio.run(_verify_database(kept, keys))
    if files and not told.checked and told.ok:
        raise BadInput(
            "there is no audit record in it",
            hint="Write one with `triage audit export`.",
            subject=str(files[0]),
        )
    redone = asyncio.run(_redecide()) if again and told.ok else None
    emit_json({**told.model_dump(), "redecided": redone} if again else told, json)
    _tell(told, redone, signed=key is not None, json=json)


def sign_chain(*, json: JsonTarget = None) -> None:
    """Sign all that was recorded since the last checkpoint, and deposit the checkpoint outside."""
    signed, places = asyncio.run(_sign())
    emit_json({"signed": signed, "places": places}, json)
    if signed:
        seq = signed.data["head_seq"]
        summary(f"signed up to record {seq}; deposited with {', '.join(places) or 'nobody'}", target=json)
    else:
        summary("nothing was recorded since the last checkpoint", target=json)


def show_key() -> None:
    """Print the public key that verifies the chain, as PEM: keep it where the service cannot write."""
    pem = asyncio.run(_public_key())
    typer.echo(pem, nl=False)


def rotate_key(*, json: JsonTarget = None) -> None:
    """Sign with a new key from now on; the old one vouches for it in the chain and signs nothing more."""
    name = asyncio.run(_rotate())
    emit_json({"key": name}, json)
    summary(f"{name} signs from now on; back up the keys folder of the data directory", target=json)


async def _read_all(files: Sequence[Path]) -> AsyncIterator[Record]:
    for file in files:
        with file.open(encoding="utf-8") as lines:
            async for record in read(lines, str(file)):
                yield record


def _deposits(file: Path | None) -> list[Kept]:
    if file is None:
        return []
    with file.open(encoding="utf-8") as lines:
        return anchors.read_deposits(lines, str(file))


async def _verify_database(kept: list[Kept], keys: dict[str, str] | None) -> ChainReport:
    async with snapshot() as conn:
        return await verify(records(conn), kept=kept, keys=keys)


async def _redecide() -> Redecided:
    async with snapshot() as conn:
        return await redecide(conn, records(conn))


async def _sign() -> tuple[Record | None, tuple[str, ...]]:
    settings, now = load_settings(), system_clock()
    async with open_database(settings) as database:
        async with database.engine.begin() as conn:
            await checkpoints.sign(conn, settings.data_dir, now=now, actor=actor())
            waiting = await anchors.undeposited(conn)
        if waiting is None:
            return None, ()
        places = await anchors.deposit(waiting, settings.audit)
        async with database.engine.begin() as conn:
            if places:
                await anchors.note_deposit(conn, waiting, places, now=now)
        return waiting, places


async def _public_key() -> str:
    settings = load_settings()
    async with snapshot() as conn:
        key = await checkpoints.key_in_use(conn, settings.data_dir)
    if key is None:
        raise Unknown(
            "the chain is not signed yet", hint="Sign it with `triage audit sign`.", subject="audit key"
        )
    return key.pem()


async def _rotate() -> str:
    settings = load_settings()
    async with open_database(settings) as database, database.engine.begin() as conn:
        return (await checkpoints.rotate(conn, settings.data_dir, now=system_clock(), actor=actor())).id


def _tell(told: ChainReport, redone: Redecided | None, *, signed: bool, json: Path | None) -> None:
    """Say what was found, and end with 1 unless all is well."""
    if not told.ok:
        summary(f"{told.reason} ({told.checked} records before it are good)", ok=False, target=json)
        raise typer.Exit(1)
    words = f"{told.checked} audit records follow each other; head {told.head or 'none'}"
    summary(f"{words}; signed up to record {told.signed}" if signed else words, target=json)
    if redone is None:
        return
    for trouble in redone.troubles:
        report(json).print(safe(f"record {trouble.seq}: {trouble.reason}"))
    counted = ", ".join(f"{redone.counts[one]} {one}" for one in Outcome if redone.counts.get(one))
    summary(f"decisions made again: {counted or 'none'}", ok=redone.ok, target=json)
    if not redone.ok:
        raise typer.Exit(1)
