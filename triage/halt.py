"""The kill switch: a table, and a file that works with the database down; read before every effect."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from actions.vocabulary import Frozen, Tier
from triage.audit.events import Event
from triage.audit.log import append, records
from triage.errors import BadInput
from triage.store.tables import halts

_TRIES = 2
FILE = "HALT"
"""File in the data directory whose mere presence halts: everything, or the scopes it lists line by line."""


class Scope(StrEnum):
    """What a halt stops: everything, one action, one tier and all above it, or one label."""

    ALL = "all"
    ACTION = "action"
    TIER = "tier"
    LABEL = "label"


class Halt(Frozen):
    """One thing that is halted; `key` is the action, tier or label, empty for all."""

    scope: Scope
    key: str = ""

    def stops(self, action: str, tier: Tier, label: str) -> bool:
        """Whether it stops an effect of this action, tier or label."""
        match self.scope:
            case Scope.ALL:
                return True
            case Scope.ACTION:
                return self.key == action
            case Scope.LABEL:
                return self.key == label
            case Scope.TIER:
                return not self.key.isdecimal() or int(tier) >= int(self.key)


class StoredHalt(Frozen):
    """A halt with who set it, when and why."""

    halt: Halt
    reason: str
    set_by: str
    set_at: AwareDatetime


class HaltSwitch:
    """Tells whether an effect is halted now; a switch that cannot be read counts as on."""

    def __init__(self, engine: AsyncEngine, data_dir: Path) -> None:
        self._engine = engine
        self._file = data_dir / FILE

    async def stops(self, action: str, tier: Tier, label: str) -> bool:
        """Whether effects of this action, tier or label are halted now."""
        if any(halt.stops(action, tier, label) for halt in on_file(self._file)):
            return True
        for _ in range(_TRIES):  # a connection may have been cut since it was used last
            with suppress(SQLAlchemyError, OSError):
                async with self._engine.connect() as conn:
                    return any(one.halt.stops(action, tier, label) for one in await active(conn))
        return True


def halt_of(text: str) -> Halt:
    """Return the halt that `all`, `action:NAME`, `tier:N` or `label:NAME` names.

    Raises:
        BadInput: it names none.
    """
    scope, _, key = text.strip().partition(":")
    fits = scope in set(Scope) and bool(key) is (scope != Scope.ALL)
    if not fits or (scope == Scope.TIER and key not in {str(int(tier)) for tier in Tier}):
        raise BadInput(f"{text!r} is nothing to halt", hint="Say all, action:NAME, tier:0-4 or label:NAME.")
    return Halt(scope=Scope(scope), key=key)


def on_file(path: Path) -> Iterable[Halt]:
    """Return what the file halts: nothing without it; everything when it is empty or cannot be understood."""
    try:
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
        return [halt_of(line) for line in lines] or [Halt(scope=Scope.ALL)]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, BadInput):
        return [Halt(scope=Scope.ALL)]


def write_file(data_dir: Path, found: Iterable[Halt]) -> None:
    """Make the file say exactly this; nothing removes it."""
    path = data_dir / FILE
    lines = [_named(halt) for halt in found]
    if not lines:
        path.unlink(missing_ok=True)
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


async def active(conn: AsyncConnection) -> tuple[StoredHalt, ...]:
    """Return what the table halts, oldest first."""
    rows = (await conn.execute(select(halts).order_by(halts.c.set_at))).mappings()
    return tuple(
        StoredHalt(
            halt=Halt(scope=Scope(row["scope"]), key=row["key"]),
            reason=row["reason"],
            set_by=row["set_by"],
            set_at=row["set_at"],
        )
        for row in rows
    )


async def set_halt(conn: AsyncConnection, halt: Halt, *, reason: str, actor: str, now: datetime) -> None:
    """Halt in the caller's transaction; setting it again changes nothing."""
    values = {"scope": halt.scope, "key": halt.key, "reason": reason, "set_by": actor, "set_at": now}
    await conn.execute(insert(halts).values(values).on_conflict_do_nothing())
    data = {"scope": halt.scope.value, "key": halt.key, "reason": reason}
    await append(conn, Event.HALT_SET, f"halt {halt.scope}", data, actor=actor, now=now)


async def lift_halt(conn: AsyncConnection, halt: Halt, *, actor: str, now: datetime) -> bool:
    """Lift it in the caller's transaction; false when it was not set."""
    query = delete(halts).where(halts.c.scope == halt.scope, halts.c.key == halt.key)
    if (await conn.execute(query)).rowcount == 0:
        return False
    data = {"scope": halt.scope.value, "key": halt.key}
    await append(conn, Event.HALT_LIFTED, f"halt {halt.scope}", data, actor=actor, now=now)
    return True


async def note_file(conn: AsyncConnection, data_dir: Path, host: str, now: datetime) -> bool:
    """Write into the chain what the file of this machine says, if that is news; return whether it was.

    The file works while nothing can be written: what it did then is told as soon as the database is back.
    """
    said = ", ".join(sorted(_named(halt) for halt in on_file(data_dir / FILE))) or "nothing"
    subject = f"halt file {host}"
    told = [record.data["scopes"] async for record in records(conn, subject=subject)]
    if said == (told[-1] if told else "nothing"):
        return False
    data = {"host": host, "scopes": said}
    await append(conn, Event.HALT_FILE, subject, data, actor="service", now=now)
    return True


def _named(halt: Halt) -> str:
    return f"{halt.scope}:{halt.key}" if halt.key else str(halt.scope)
