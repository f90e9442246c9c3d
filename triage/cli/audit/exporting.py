"""`triage audit export`: the chain as JSON lines or CEF, whole or from a cursor on."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer
from pydantic import ValidationError

from triage.audit.cef import cef
from triage.audit.chain import Record
from triage.audit.export import line
from triage.audit.log import records
from triage.audit.verify import Kept
from triage.cli.audit.ground import snapshot
from triage.cli.console import STDOUT, summary
from triage.errors import BadInput, Broken


class Format(StrEnum):
    """How a record is written: a line that `triage audit verify` checks, or one that a SIEM reads."""

    JSONL = "jsonl"
    CEF = "cef"


_WRITTEN: Final[dict[Format, Callable[[Record], str]]] = {Format.JSONL: line, Format.CEF: cef}


def export_chain(
    out: Annotated[Path, typer.Argument(allow_dash=True, help="A line a record; - is stdout.")],
    *,
    after: Annotated[int, typer.Option(min=0, help="Only records after this number.")] = 0,
    cursor: Annotated[
        Path | None,
        typer.Option(help="File that remembers how far was exported: go on from there, and notice gaps."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="JSON lines, or CEF for a SIEM.")] = Format.JSONL,
) -> None:
    """Write the chain elsewhere; JSON lines are checked anywhere with `triage audit verify FILE`.

    Numbers have no gaps, and each record names the hash of the one before it: a receiver sees what it lacks.
    With a cursor each record is written at least once, and a chain that was cut or written anew is refused.
    """
    if after and cursor:
        raise BadInput("the cursor tells where to go on", hint="Give --after or --cursor, not both.")
    since = _cursor(cursor) if cursor else None
    with _opened(out) as stream:
        last = asyncio.run(_write(stream, since, after, _WRITTEN[form]))
    if cursor and last.seq:
        _remember(cursor, last)
    start = since.seq if since else after
    summary(f"{max(0, last.seq - start)} audit records written, up to number {last.seq}", target=out)


async def _write(stream: TextIO, since: Kept | None, after: int, written: Callable[[Record], str]) -> Kept:
    """Write all that follows, and return the last record that was."""
    last = since or Kept(seq=after, hash="")
    async with snapshot() as conn:
        if since and since.seq:
            await _still_there(records(conn, after=since.seq - 1), since)
        async for record in records(conn, after=last.seq):
            stream.write(written(record) + "\n")
            last = Kept(seq=record.seq, hash=record.hash)
    stream.flush()
    return last


async def _still_there(chain: AsyncIterator[Record], since: Kept) -> None:
    async for record in chain:
        if (record.seq, record.hash) == (since.seq, since.hash):
            return
        break
    raise Broken(
        f"record {since.seq}, the last that was exported, is no longer there: the chain was cut or changed",
        hint="Check it with `triage audit verify`, and compare with what was exported before.",
        subject=f"record {since.seq}",
    )


def _cursor(file: Path) -> Kept:
    if not file.exists():
        return Kept(seq=0, hash="")
    try:
        return Kept.model_validate_json(file.read_bytes())
    except ValidationError:
        raise BadInput(
            "this is no cursor of an export",
            hint="Give the file that an earlier export with --cursor wrote.",
            subject=str(file),
        ) from None


def _remember(file: Path, last: Kept) -> None:
    """Write the cursor after the records are out, whole or not at all."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(last.model_dump_json(), encoding="utf-8")
    beside.replace(file)


@contextmanager
def _opened(out: Path) -> Iterator[TextIO]:
    if out == STDOUT:
        yield sys.stdout
        return
    with out.open("w", encoding="utf-8") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
