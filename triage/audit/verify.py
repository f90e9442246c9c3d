"""Checking a chain from end to end: over the database or over an exported file, with the same function."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from actions.vocabulary import Frozen
from triage.audit.chain import Record, fault
from triage.audit.signatures import Trust, heed

UNSIGNED: Final = timedelta(hours=1)
"""How long a record may stay without a signature while others follow; a checkpoint is due far more often."""


class Kept(Frozen):
    """What somebody outside kept of the chain: the hash of one record, and its number where that is known."""

    hash: str
    seq: int = 0


class ChainReport(Frozen):
    """What a check found: how many records are good, and what is wrong with the first that is not.

    `signed` is the number of the last record that a trusted key vouches for; 0 when no key was given.
    """

    ok: bool
    checked: int
    bad_seq: int | None = None
    reason: str = ""
    head: str = ""
    signed: int = 0


async def verify(
    chain: AsyncIterator[Record], *, kept: Iterable[Kept] = (), keys: Mapping[str, str] | None = None
) -> ChainReport:
    """Walk the chain from its first record; stop at the first that does not follow.

    Args:
        chain: the records in order.
        kept: heads or checkpoints that were kept elsewhere; one that is missing shows that the chain was cut
            off or written anew, which nothing inside the chain can show.
        keys: trusted public keys by id; with them the signatures are checked, and their absence is a fault.
    """
    missing = {one.hash: one for one in kept}
    previous, trust, waiting = None, Trust(keys=dict(keys or {})), None
    async for record in chain:
        reason = fault(record, previous)
        if not reason and keys:
            trust, reason = heed(trust, record, previous)
            waiting = _waiting(waiting, trust, record)
        if reason:
            seen = previous.seq if previous else 0
            return ChainReport(ok=False, checked=seen, bad_seq=record.seq, reason=reason, signed=trust.signed)
        missing.pop(record.hash, None)
        previous = record
    reason = _cut(missing, previous) or (_unsigned(trust, waiting, previous) if keys else "")
    return ChainReport(
        ok=not reason,
        checked=previous.seq if previous else 0,
        reason=reason,
        head=previous.hash if previous else "",
        signed=trust.signed,
    )


def _waiting(waiting: datetime | None, trust: Trust, record: Record) -> datetime | None:
    """Return since when the oldest record without a signature has waited for one; `None` when none does."""
    if trust.signed == record.seq - 1 and trust.signed:
        return None
    of_signing = record.event.startswith("audit.")
    return record.at if waiting is None and not of_signing else waiting


def _cut(missing: Mapping[str, Kept], last: Record | None) -> str:
    """Say which kept head or checkpoint the chain does not hold."""
    if not missing:
        return ""
    first = min(missing.values(), key=lambda one: one.seq)
    if first.seq and last and first.seq <= last.seq:
        return f"record {first.seq} is not the one that was kept elsewhere: the chain was written anew"
    return f"the head that was kept ({first.hash[:16]}…) is not in it: its end was cut off"


def _unsigned(trust: Trust, waiting: datetime | None, last: Record | None) -> str:
    """Say what no trusted key vouches for although it should."""
    if last is None:
        return ""
    if not trust.signed:
        return "no trusted key signed any of it"
    if waiting and last.at - waiting > UNSIGNED:
        strangers = f"; keys nobody vouches for: {', '.join(trust.strangers)}" if trust.strangers else ""
        return f"the records after {trust.signed} are not signed by a trusted key{strangers}"
    return ""
