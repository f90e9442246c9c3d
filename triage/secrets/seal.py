"""The life of a one-time secret: prepared -> released -> opened, or destroyed from any state before that.

Prepared before the password is set, so that a crash never leaves a password that nobody can hand over;
released by a link whose token is stored only as a hash; opened once, by the person it was made out to.
Lifetime and one use follow NIST SP 800-63B-4, account recovery.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import SecretStr
from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import SecretKind
from triage.audit.events import Event
from triage.audit.log import append
from triage.errors import Unknown
from triage.secrets.sealer import Sealer
from triage.secrets.tables import sealed_secrets

_MOST_FAILURES = 5


class SecretState(StrEnum):
    """Where a secret stands."""

    PREPARED = "prepared"
    RELEASED = "released"
    OPENED = "opened"
    DESTROYED = "destroyed"


@dataclass(frozen=True)
class Handover:
    """Who gets the secret and whose account it opens, as Entra object ids."""

    recipient_id: str
    beneficiary_id: str


@dataclass(frozen=True)
class Release:
    """The token for the link, to be mailed and forgotten, and when it stops working."""

    token: SecretStr = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Claim:
    """The answer to somebody who holds a link.

    Exactly one is set: `secret` (shown once), `vault_name` (to be read from Key Vault and deleted there), or
    `refused`, which is for the log and the audit only: the visitor learns nothing but that it did not open.
    """

    secret: SecretStr | None = field(default=None, repr=False)
    vault_name: str = ""
    refused: str = ""


async def prepare(
    conn: AsyncConnection,
    sealer: Sealer,
    run_id: uuid.UUID,
    kind: SecretKind,
    handover: Handover,
    *,
    now: datetime,
    secret: SecretStr | None = None,
    vault_name: str = "",
) -> None:
    """Seal the secret of a run before it takes effect; `secret` for GIVEN, `vault_name` for VAULT."""
    await conn.execute(
        insert(sealed_secrets).values(
            run_id=run_id,
            kind=kind.value,
            state=SecretState.PREPARED.value,
            recipient_id=handover.recipient_id,
            beneficiary_id=handover.beneficiary_id,
            ciphertext=sealer.seal(secret, run_id) if secret else None,
            vault_name=vault_name,
            created_at=now,
        )
    )
    await _record(conn, Event.SECRET_SEALED, run_id, now=now)


async def recall(conn: AsyncConnection, sealer: Sealer, run_id: uuid.UUID) -> SecretStr | None:
    """The plain secret of a run whose effect may have to be repeated after a crash; `None` for VAULT.

    Raises:
        Unknown: nothing was prepared for this run, or it is past being repeated.
    """
    row = await _row(conn, run_id)
    if row["state"] != SecretState.PREPARED:
        raise Unknown("the secret of this run is no longer prepared", subject=f"run {run_id}")
    return sealer.open(row["ciphertext"], run_id) if row["ciphertext"] else None


async def made_out_to(conn: AsyncConnection, run_id: uuid.UUID) -> Handover:
    """Return who gets the secret and whose account it opens.

    Raises:
        Unknown: nothing was prepared for this run.
    """
    row = await _row(conn, run_id)
    return Handover(recipient_id=row["recipient_id"], beneficiary_id=row["beneficiary_id"])


async def release(conn: AsyncConnection, run_id: uuid.UUID, *, lifetime: timedelta, now: datetime) -> Release:
    """Make the link's token; asking again (after a crash before the mail went out) voids the former token.

    Raises:
        Unknown: nothing to release: opened or destroyed already.
    """
    row = await _row(conn, run_id)
    if row["state"] not in (SecretState.PREPARED, SecretState.RELEASED):
        raise Unknown("the secret of this run is spent", subject=f"run {run_id}")
    token = secrets.token_urlsafe(32)
    expires_at = now + lifetime
    await _set(conn, run_id, state=SecretState.RELEASED, token_hash=_hash(token), expires_at=expires_at)
    await _record(conn, Event.SECRET_RELEASED, run_id, now=now, expires_at=expires_at.isoformat())
    return Release(SecretStr(token), expires_at)


async def claim(
    conn: AsyncConnection,
    sealer: Sealer,
    run_id: uuid.UUID,
    *,
    token: SecretStr,
    person_id: str,
    now: datetime,
) -> Claim:
    """Open the secret for the signed-in `person_id`, once; commit only after the vault, if any, was read.

    A wrong person or token counts as a failure; the fifth destroys the secret.
    """
    row = await _row(conn, run_id)
    refused = _refusal(row, token, person_id, now)
    if refused:
        await _failed(conn, row, now)
        return Claim(refused=refused)
    secret = sealer.open(row["ciphertext"], run_id) if row["ciphertext"] else None
    await _settle(conn, run_id, SecretState.OPENED, now)
    await _record(conn, Event.SECRET_OPENED, run_id, now=now, actor=person_id)
    return Claim(secret=secret, vault_name=row["vault_name"])


async def destroy(conn: AsyncConnection, run_id: uuid.UUID, *, reason: str, now: datetime) -> bool:
    """Destroy the secret unseen; true when there was something left to destroy."""
    row = await _row(conn, run_id)
    if row["state"] in (SecretState.OPENED, SecretState.DESTROYED):
        return False
    await _settle(conn, run_id, SecretState.DESTROYED, now)
    await _record(conn, Event.SECRET_DESTROYED, run_id, now=now, reason=reason)
    return True


async def expired(conn: AsyncConnection, now: datetime) -> tuple[uuid.UUID, ...]:
    """Runs whose released secret nobody opened in time."""
    query = select(sealed_secrets.c.run_id).where(
        sealed_secrets.c.state == SecretState.RELEASED.value, sealed_secrets.c.expires_at <= now
    )
    return tuple((await conn.execute(query)).scalars())


def _refusal(row: RowMapping, token: SecretStr, person_id: str, now: datetime) -> str:
    """Why this person with this token may not open it now; the empty string when they may."""
    if row["state"] != SecretState.RELEASED:
        return f"the secret is {row['state']}"
    if now >= row["expires_at"]:
        return "the link has expired"
    if person_id != row["recipient_id"]:
        return "the link was made out to somebody else"
    if not hmac.compare_digest(_hash(token.get_secret_value()), row["token_hash"]):
        return "the token is wrong"
    return ""


async def _failed(conn: AsyncConnection, row: RowMapping, now: datetime) -> None:
    await _set(conn, row["run_id"], failures=row["failures"] + 1)
    if row["failures"] + 1 >= _MOST_FAILURES:
        await destroy(conn, row["run_id"], reason="too many failed attempts to open it", now=now)


async def _settle(conn: AsyncConnection, run_id: uuid.UUID, state: SecretState, now: datetime) -> None:
    await _set(conn, run_id, state=state, ciphertext=None, token_hash=None, settled_at=now)


async def _row(conn: AsyncConnection, run_id: uuid.UUID) -> RowMapping:
    query = select(sealed_secrets).where(sealed_secrets.c.run_id == run_id).with_for_update()
    row = (await conn.execute(query)).mappings().first()
    if row is None:
        raise Unknown("no secret was sealed for this run", subject=f"run {run_id}")
    return row


async def _set(conn: AsyncConnection, run_id: uuid.UUID, **values: object) -> None:
    await conn.execute(update(sealed_secrets).where(sealed_secrets.c.run_id == run_id).values(**values))


async def _record(
    conn: AsyncConnection,
    event: Event,
    run_id: uuid.UUID,
    *,
    now: datetime,
    actor: str = "service",
    **data: str,
) -> None:
    fields = {"run_id": str(run_id), **data}
    await append(conn, event, f"run {run_id}", fields, actor=actor, now=now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
