"""Checking a chain from end to end: over the database or over an exported file, with the same function."""

from __future__ import annotations

from collections.abc import AsyncIterator

from actions.vocabulary import Frozen
from triage.audit.chain import Record, fault


class ChainReport(Frozen):
    """What a check found: how many records are good, and what is wrong with the first that is not."""

    ok: bool
    checked: int
    bad_seq: int | None = None
    reason: str = ""
    head: str = ""


async def verify(chain: AsyncIterator[Record]) -> ChainReport:
    """Walk the chain from its first record; stop at the first that does not follow.

    `head` is the last good hash: keep it elsewhere, and a later check shows whether the end was cut off.
    """
    previous: Record | None = None
    async for record in chain:
        reason = fault(record, previous)
        if reason:
            seen = previous.seq if previous else 0
            return ChainReport(ok=False, checked=seen, bad_seq=record.seq, reason=reason)
        previous = record
    return ChainReport(
        ok=True, checked=previous.seq if previous else 0, head=previous.hash if previous else ""
    )
