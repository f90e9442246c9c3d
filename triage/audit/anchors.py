"""Depositing checkpoints outside, where whoever can write our database cannot take them back.

A deposit is one line of JSON: number and hash of the record, time, key and signature. It goes to a file that
is only added to, to a command's standard input, or to a URL; each gets every checkpoint at least once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
from pydantic import AwareDatetime, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.audit.chain import Record, canonical
from triage.audit.checkpoints import SUBJECT
from triage.audit.events import Event
from triage.audit.log import append, newest
from triage.audit.verify import Kept
from triage.errors import BadInput, TriageError
from triage.settings import AuditSettings

_PATIENCE_SECONDS: Final = 15.0


class NotDeposited(TriageError):  # noqa: N818 - errors are named for what happened
    """A place for checkpoints did not take one."""


class Deposit(Frozen):
    """What is deposited of a checkpoint: the record it vouches for, when, by which key."""

    seq: int
    hash: str
    at: AwareDatetime
    key: str
    signature: str


def deposit_line(checkpoint: Record) -> str:
    """The checkpoint as one line of canonical JSON."""
    told = checkpoint.data
    body = Deposit.model_validate(
        {
            "seq": told["head_seq"],
            "hash": told["head"],
            "at": checkpoint.at,
            "key": told["key"],
            "signature": told["signature"],
        }
    )
    return canonical(body.model_dump(mode="json")).decode()


def read_deposits(lines: Iterable[str], name: str) -> list[Kept]:
    """What an anchor file holds of the chain.

    Raises:
        BadInput: a line is no deposit; it is named.
    """
    kept = []
    for number, text in enumerate(lines, start=1):
        try:
            found = Deposit.model_validate_json(text)
        except ValidationError:
            raise BadInput(
                "this line is no deposited checkpoint",
                hint="Give the file that TRIAGE_AUDIT__ANCHOR_FILE names, or a copy of it.",
                subject=f"{name}:{number}",
            ) from None
        kept.append(Kept(hash=found.hash, seq=found.seq))
    return kept


async def undeposited(conn: AsyncConnection) -> Record | None:
    """Return the newest checkpoint if it was not deposited yet; it vouches for all before it."""
    signed, deposited = await newest(conn, Event.AUDIT_CHECKPOINT), await newest(conn, Event.AUDIT_ANCHORED)
    if signed is None or (deposited and deposited.data["head_seq"] == signed.data["head_seq"]):
        return None
    return signed


async def deposit(checkpoint: Record, settings: AuditSettings) -> tuple[str, ...]:
    """Hand a checkpoint to every place in the settings, and return their names.

    Raises:
        NotDeposited: a place did not take it; the message names the place. Deposit it again later.
    """
    line, places = deposit_line(checkpoint), []
    if settings.anchor_file:
        await asyncio.to_thread(_add_line, settings.anchor_file, line)
        places.append("file")
    if settings.anchor_command:
        await _tell_command(settings.anchor_command, line)
        places.append("command")
    if settings.anchor_url:
        await _post(settings.anchor_url, line)
        places.append("url")
    return tuple(places)


async def note_deposit(
    conn: AsyncConnection, checkpoint: Record, places: Sequence[str], *, now: datetime
) -> None:
    """Record in the chain where a checkpoint was deposited."""
    data = {"head_seq": checkpoint.data["head_seq"], "places": ", ".join(places)}
    await append(conn, Event.AUDIT_ANCHORED, SUBJECT, data, actor="service", now=now)


def _add_line(file: Path, line: str) -> None:
    """Add to the file in one write, and have it on the disk; a file that may only be added to is enough."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            os.write(handle, f"{line}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise _refused("the anchor file", f"cannot be written: {error.strerror}") from error


async def _tell_command(command: Sequence[str], line: str) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise _refused("the anchor command", f"cannot be started: {error.strerror}") from error
    try:
        await asyncio.wait_for(process.communicate(f"{line}\n".encode()), _PATIENCE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise _refused("the anchor command", "did not end in time") from None
    if process.returncode:
        raise _refused("the anchor command", f"ended with {process.returncode}")


async def _post(url: str, line: str) -> None:
    try:
        async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS) as http:
            answer = await http.post(url, content=line, headers={"Content-Type": "application/json"})
    except httpx.HTTPError as error:
        raise _refused("the anchor URL", f"does not answer ({type(error).__name__})") from error
    if not answer.is_success:
        raise _refused("the anchor URL", f"answered {answer.status_code}")


def _refused(place: str, cause: str) -> NotDeposited:
    return NotDeposited(
        f"{place} {cause}", hint="Mend it; the checkpoint is deposited with the next round.", subject=place
    )
