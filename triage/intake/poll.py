"""Reading what changed in ServiceNow: nothing lost and nothing taken twice, also within one second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from actions.clients.servicenow import Condition, Row, ServiceNowClient, equal, where
from triage.domain.ticket import Ticket
from triage.intake.servicenow import SOURCE, fields_of, instant, is_open, ticket_of
from triage.store import polls
from triage.store.polls import Cursor

Accept = Callable[[AsyncConnection, Ticket], Awaitable[object]]
"""Takes a ticket in, in the transaction of the connection."""

_PAGE = 100
_ORDER = ("sys_updated_on", "sys_id")


async def poll(
    engine: AsyncEngine,
    client: ServiceNowClient,
    table: str,
    accept: Accept,
    *,
    overlap: timedelta,
    now: datetime,
) -> int:
    """Take in every open ticket of `table` that changed since the last poll; return how many rows were new.

    Rows are read in the order (sys_updated_on, sys_id). Each poll begins `overlap` before the last row seen,
    since a row may be committed after a younger one was read; what was seen there is known by its
    sys_mod_count. Tickets and cursor are committed together, page by page. Our own updates come back as well:
    they change no revision, and leaving them out would hide a caller's change made just before.

    Raises:
        OutsideError: ServiceNow did not answer; the next poll goes on from the last committed page.
    """
    source = f"{SOURCE}:{table}"
    async with engine.connect() as conn:
        cursor = await polls.get(conn, source)
    last = cursor or Cursor(source=source, updated_on=_text(now), sys_id="", polled_at=now)
    at, after, fresh = _text(instant(last.updated_on) - overlap), "", 0
    while rows := await _page(client, table, at, after):
        new = [row for row in rows if last.recent.get(row["sys_id"]) != _version(row)]
        found = [row for row in new if is_open(table, row)]
        tickets = await asyncio.gather(*(ticket_of(client, table, row) for row in found))
        last = _moved(last, rows, overlap, now)
        async with engine.begin() as conn:
            for ticket in tickets:
                await accept(conn, ticket)
            await polls.put(conn, last)
        (at, after), fresh = _place(rows[-1]), fresh + len(new)
    return fresh


async def _page(client: ServiceNowClient, table: str, at: str, after: str) -> list[Row]:
    """Return the next rows after (at, after): first the rest of that second, then what is younger.

    Without `after`, these are all rows from `at` on.
    """
    queries = [where(Condition("sys_updated_on", ">" if after else ">=", at), order=_ORDER)]
    if after:
        same = where(equal("sys_updated_on", at), Condition("sys_id", ">", after), order=_ORDER)
        queries.insert(0, same)
    for query in queries:
        if rows := await client.tables.query(table, query, fields_of(table), limit=_PAGE):
            return rows
    return []


def _moved(last: Cursor, rows: Sequence[Row], overlap: timedelta, now: datetime) -> Cursor:
    """The cursor after these rows; it never goes back, and remembers the rows it will meet again."""
    newest = max((last.updated_on, last.sys_id), _place(rows[-1]))
    since = _text(instant(newest[0]) - overlap)
    seen = {**last.recent, **{row["sys_id"]: _version(row) for row in rows}}
    return Cursor(
        source=last.source,
        updated_on=newest[0],
        sys_id=newest[1],
        polled_at=now,
        recent={sys_id: version for sys_id, version in seen.items() if version >= since},
    )


def _place(row: Row) -> tuple[str, str]:
    return row["sys_updated_on"], row["sys_id"]


def _version(row: Row) -> str:
    return f"{row['sys_updated_on']} {row['sys_mod_count']}"


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
