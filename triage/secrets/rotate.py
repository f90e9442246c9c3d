"""Renews the client secret of our registration, step by step; each may be the last before a crash."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from actions.clients.graph.applications import Applications
from actions.clients.keyvault import KeyVaultClient, Secret
from actions.errors import NotFound
from triage.audit.events import Event
from triage.secrets.rotation import (
    FORMER,
    KEY_ID,
    MADE,
    MARK,
    OPEN,
    SWITCHED,
    Kind,
    Move,
    Rules,
    Standing,
    next_move,
)

_PAUSE_SECONDS = 5.0
_TRIES = 60
_IN_A_ROW = 3
"""Entra's replicas learn of a secret one after another: it has to be accepted this often in a row."""

Note = Callable[[Event, Mapping[str, str]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What a rotation works with.

    Attributes:
        client_id: the registration whose secret is renewed.
        secret_name: where the vault keeps it; the one to come is kept under the name with `-next` behind.
        lifetime: of a new secret.
        accepted: whether Entra gives a token for this secret now.
        file: what the service reads its secret from; `None` where the secret is not the service's own.
        note: writes an event into the audit chain.
    """

    applications: Applications
    vault: KeyVaultClient
    client_id: str
    secret_name: str
    lifetime: timedelta
    rules: Rules
    accepted: Callable[[SecretStr], Awaitable[bool]]
    file: Path | None
    note: Note
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]


async def rotate(at: Workshop, *, force: bool = False, dry: bool = False) -> list[Move]:
    """Take every step that can be taken now, and return them; the last one says what is waited for.

    Args:
        at: what it works with.
        force: begin although the secret in use has time left.
        dry: only tell the next step.

    Raises:
        OutsideError: a service did not do what was asked; called again, it goes on from there.
    """
    taken: list[Move] = []
    while True:
        standing = await look(at)
        begin = force and not any(one.kind is Kind.ADD for one in taken)
        move = next_move(standing, at.rules, at.clock(), force=begin)
        taken.append(move)
        if dry or move.kind in {Kind.WAIT, Kind.REST}:
            return taken
        stopped = await _take(at, standing, move)
        if stopped is not None:
            return [*taken, stopped]


async def look(at: Workshop) -> Standing:
    """Return what stands outside now."""
    return Standing(
        await at.applications.registration(at.client_id),
        await _kept(at, at.secret_name),
        await _kept(at, _next(at)),
        _held(at.file),
    )


async def _take(at: Workshop, standing: Standing, move: Move) -> Move | None:
    """Take one step; return what is waited for, if it could not be taken."""
    if move.kind is Kind.ADD:
        await _add(at, standing)
    elif move.kind is Kind.REMOVE:
        await at.applications.remove_secret(standing.registration.id, move.key_id)
        await at.note(Event.CREDENTIAL_REMOVED, {"key_id": move.key_id, "reason": move.sentence})
    elif move.kind is Kind.DROP:
        await _drop(at, standing, move)
    elif move.kind is Kind.HOLD and standing.current is not None:
        if not _put(at.file, standing.current.value):
            return Move(Kind.WAIT, "the service's file follows the vault by itself; the former secret stays")
    elif standing.open is not None and not await _proven(at, standing.open):
        return Move(Kind.UNACCEPTED, f"Entra does not accept {move.key_id} yet; the one in use stays")
    elif standing.open is not None:
        await _switch(at, standing, standing.open)
    return None


async def _add(at: Workshop, standing: Standing) -> None:
    now = at.clock()
    made = await at.applications.add_secret(standing.registration.id, MARK, now + at.lifetime)
    tags = {KEY_ID: made.key_id, MADE: now.isoformat(), OPEN: "yes"}
    await at.vault.set(_next(at), made.value, expires=made.ends, tags=tags)
    data = {"key_id": made.key_id, "ends_at": made.ends.isoformat()}
    await at.note(Event.CREDENTIAL_ADDED, data)


async def _proven(at: Workshop, candidate: Secret) -> bool:
    row = 0
    for _ in range(_TRIES):
        row = row + 1 if await at.accepted(candidate.value) else 0
        if row == _IN_A_ROW:
            return True
        await at.sleep(_PAUSE_SECONDS)
    return False


async def _switch(at: Workshop, standing: Standing, candidate: Secret) -> None:
    """Put it in the place of the one in use, first in the vault and then in the service's file."""
    key_id, former = candidate.tags[KEY_ID], standing.in_use.key_id if standing.in_use else ""
    tags = {KEY_ID: key_id, FORMER: former, SWITCHED: at.clock().isoformat()}
    await at.vault.set(at.secret_name, candidate.value, expires=candidate.expires, tags=tags)
    _put(at.file, candidate.value)
    await at.note(Event.CREDENTIAL_SWITCHED, {"key_id": key_id, "former": former or "none known"})


async def _drop(at: Workshop, standing: Standing, move: Move) -> None:
    if standing.credential(move.key_id):
        await at.applications.remove_secret(standing.registration.id, move.key_id)
    await at.vault.set(_next(at), SecretStr("dropped"), tags={OPEN: "no"})
    await at.note(Event.CREDENTIAL_REMOVED, {"key_id": move.key_id, "reason": move.sentence})


async def _kept(at: Workshop, name: str) -> Secret | None:
    try:
        return await at.vault.get(name)
    except NotFound:
        return None


def _next(at: Workshop) -> str:
    return f"{at.secret_name}-next"


def _held(file: Path | None) -> SecretStr | None:
    if file is None:
        return None
    try:
        return SecretStr(file.read_text("utf-8").strip())
    except OSError:
        return SecretStr("")


def _put(file: Path | None, value: SecretStr) -> bool:
    """Put the secret in the file, whole or not at all, readable by us alone; false where it is not ours.

    A file that is mounted from the vault cannot be written, and follows it by itself.
    """
    if file is None:
        return False
    try:
        handle, beside = tempfile.mkstemp(dir=file.parent)  # mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(value.get_secret_value())
        Path(beside).replace(file)
    except OSError:
        return False
    return True
