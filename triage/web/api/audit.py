"""GET /audit: the chain of records, in order, in words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from triage.audit.chain import Record
from triage.audit.export import sentence
from triage.audit.log import records
from triage.web.front import Auditor, Served

router = APIRouter(prefix="/audit", tags=["audit"])


class Entry(BaseModel):
    """A record with its hashes, and what it says."""

    record: Record
    sentence: str


class Page(BaseModel):
    """Some records in order; `next` is the `after` of the following page, `null` at the end."""

    items: list[Entry]
    next: int | None = None


@router.get("")
async def chain(
    services: Served,
    caller: Auditor,
    after: Annotated[int, Query(ge=0, description="The number of the last record seen.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    subject: Annotated[str, Query(max_length=200, description="For instance `ticket 5f…`.")] = "",
) -> Page:
    """Give the records after a number, oldest first, of one subject if named. Needs the app role auditor."""
    del caller
    items: list[Entry] = []
    async with services.engine.connect() as conn:
        async for record in records(conn, after=after, subject=subject):
            if len(items) == limit:
                return Page(items=items, next=items[-1].record.seq)
            items.append(Entry(record=record, sentence=sentence(record)))
    return Page(items=items)
