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


async def verify(chain: AsyncIterator[Record], *, head: str = "") -> ChainReport:
    """Walk the chain from its first record; stop at the first that does not follow.

    The report's `head` is the last good hash: kept elsewhere and given as `head` later, it shows whether the
    end was cut off, which nothing inside the chain can show.
    """
    previous: Record | None = None
    met = not head
    async for record in chain:
        reason = fault(record, previous)
        if reason:
            seen = previous.seq if previous else 0
            return ChainReport(ok=False, checked=seen, bad_seq=record.seq, reason=reason)
        previous = record
        met = met or record.hash == head
    if not met:
        seen = previous.seq if previous else 0
        return ChainReport(
            ok=False, checked=seen, reason="the head that was kept is not in it: its end was cut off"
        )
    return ChainReport(
        ok=True, checked=previous.seq if previous else 0, head=previous.hash if previous else ""
    )
