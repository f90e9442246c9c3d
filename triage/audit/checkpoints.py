"""Signing the chain in the database: one checkpoint over all that was added, keys brought in and replaced."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.audit.chain import Record
from triage.audit.events import Event
from triage.audit.keys import own_key, own_key_named
from triage.audit.log import append, head, newest
from triage.audit.signatures import checkpoint_data, introduction_data
from triage.audit.tables import audit
from triage.signing import SigningKey

SUBJECT: Final = "audit chain"
_OURS: Final = (Event.AUDIT_KEY, Event.AUDIT_CHECKPOINT, Event.AUDIT_ANCHORED)


async def sign(
    conn: AsyncConnection, data_dir: Path, *, now: datetime, actor: str, pause: timedelta = timedelta(0)
) -> Record | None:
    """Add a checkpoint over the whole chain, in the caller's transaction.

    Returns `None`, and adds nothing, when nothing but signatures followed the last checkpoint, or when that
    one is younger than `pause`. The first checkpoint brings the service's first key in.

    Raises:
        NotConfigured: the key in use is not in the data directory.
    """
    last = await head(conn)
    if last is None or not await _due(conn, now - pause):
        return None
    key = await key_in_use(conn, data_dir)
    if key is None:
        key = own_key(data_dir, 1)
        data = introduction_data(key, key)
        last = await append(conn, Event.AUDIT_KEY, SUBJECT, data, actor=actor, now=now)
    data = checkpoint_data(key, last, now)
    return await append(conn, Event.AUDIT_CHECKPOINT, SUBJECT, data, actor=actor, now=now)


async def rotate(conn: AsyncConnection, data_dir: Path, *, now: datetime, actor: str) -> SigningKey:
    """Bring a new signing key in, vouched for by the one in use, and sign everything with it.

    The old key signs the new one and nothing after it. After a crash the same new key is used.

    Raises:
        NotConfigured: the key in use is not in the data directory.
    """
    await head(conn)
    before = await key_in_use(conn, data_dir)
    count = await conn.scalar(select(func.count()).where(audit.c.event == Event.AUDIT_KEY.label)) or 0
    new = own_key(data_dir, count + 1)
    data = introduction_data(new, before or new)
    last = await append(conn, Event.AUDIT_KEY, SUBJECT, data, actor=actor, now=now)
    data = checkpoint_data(new, last, now)
    await append(conn, Event.AUDIT_CHECKPOINT, SUBJECT, data, actor=actor, now=now)
    return new


async def key_in_use(conn: AsyncConnection, data_dir: Path) -> SigningKey | None:
    """Return the key that the chain names as the one in use; `None` before the first.

    Raises:
        NotConfigured: it is not in the data directory.
    """
    introduced = await newest(conn, Event.AUDIT_KEY)
    return own_key_named(data_dir, str(introduced.data["key"])) if introduced else None


async def _due(conn: AsyncConnection, before: datetime) -> bool:
    """Whether something else than signatures follows the last checkpoint, and that one is old enough."""
    signed = await newest(conn, Event.AUDIT_CHECKPOINT)
    if signed is None:
        return True
    others = [event.label for event in _OURS]
    query = select(audit.c.seq).where(audit.c.seq > signed.seq, audit.c.event.not_in(others)).limit(1)
    return signed.at <= before and (await conn.scalar(query)) is not None
