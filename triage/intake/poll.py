"""Reading what changed in ServiceNow: nothing lost and nothing taken twice, also within one second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from actions.clients.servicenow import Condition, Query, Row, ServiceNowClient, equal, where
from triage.domain.ticket import Ticket
from triage.intake.servicenow import SOURCE, fields_of, instant, is_open, ticket_of
from triage.store import polls
from triage.store.polls import Cursor

Accept = Callable[[AsyncConnection, Ticket], Awaitable[object]]
"""Takes a ticket in, in the transaction of the connection."""

_PAGE = 100
_ORDER = ("sys_updated_on", "sys_id")
_SECOND = timedelta(seconds=1)


async def poll(
    engine: AsyncEngine,
    client: ServiceNowClient,
    table: str,
    accept: Accept,
    *,
    overlap: timedelta,
    now: datetime,
    since: datetime | None = None,
) -> int:
    """Take in every open ticket of `table` that changed since the last poll; return how many rows were new.

    Rows are read in the order (sys_updated_on, sys_id), again and again as far back as `overlap`: a row may
    be committed that much later than it says, and after a younger one was read. What was seen is known by its
    sys_mod_count. Tickets and cursor are committed together, page by page. Our own updates come back as well:
    they change no revision, and leaving them out would hide a caller's change made just before. The very
    first poll of a table begins at `since` (aware); without it, `overlap` before `now`.

    Raises:
        OutsideError: ServiceNow did not answer; the next poll goes on from the last committed page.
    """
    source, fresh = f"{SOURCE}:{table}", 0
    async with engine.connect() as conn:
        last = await polls.get(conn, source)
    if last is None:
        last = _beginning(source, now, since)
    query = _first(last, overlap)
    while rows := await _page(client, table, query):
        new = [row for row in rows if last.recent.get(row["sys_id"]) != _version(row)]
        found = [row for row in new if is_open(table, row)]
        tickets = await asyncio.gather(*(ticket_of(client, table, row) for row in found))
        last = _moved(last, rows, overlap, now)
        async with engine.begin() as conn:
            for ticket in tickets:
                await accept(conn, ticket)
            await polls.put(conn, last)
        query, fresh = _next(rows[-1]), fresh + len(new)
    async with engine.begin() as conn:
        await polls.put(conn, last.model_copy(update={"polled_at": now}))
    return fresh


def _beginning(source: str, now: datetime, since: datetime | None) -> Cursor:
    """Where the very first poll stands: just before `since`, as if that had been seen long ago."""
    at, seen = (now, now) if since is None else (since - _SECOND, datetime.min.replace(tzinfo=UTC))
    return Cursor(source=source, updated_on=_text(at), sys_id="", moved_at=seen, polled_at=now)


def _first(last: Cursor, overlap: timedelta) -> list[Query]:
    """Where a poll begins: as far before the newest row as one could still have been uncommitted.

    When the last poll was `e` after the newest row was first seen, every row more than `overlap - e` older
    had been committed by then, and was read. Only our own clock counts here, not the difference to theirs.
    """
    reach = overlap - (last.polled_at - last.moved_at)
    if reach < -_SECOND:
        return [_younger(">", last.updated_on)]
    return [_younger(">=", _text(instant(last.updated_on) - max(reach, timedelta())))]


def _next(row: Row) -> list[Query]:
    """What comes after a row: the rest of its second, then what is younger."""
    at, sys_id = _place(row)
    same = where(equal("sys_updated_on", at), Condition("sys_id", ">", sys_id), order=_ORDER)
    return [same, _younger(">", at)]


def _younger(operator: str, at: str) -> Query:
    return where(Condition("sys_updated_on", operator, at), order=_ORDER)


async def _page(client: ServiceNowClient, table: str, queries: Sequence[Query]) -> list[Row]:
    """Return the rows of the first query that has any."""
    for query in queries:
        if rows := await client.tables.page(table, query, fields_of(table), limit=_PAGE):
            return rows
    return []


def _moved(last: Cursor, rows: Sequence[Row], overlap: timedelta, now: datetime) -> Cursor:
    """The cursor after these rows; it never goes back, and remembers the rows it will meet again."""
    before, newest = (last.updated_on, last.sys_id), _place(rows[-1])
    since = _text(instant(max(before, newest)[0]) - overlap)
    seen = {**last.recent, **{row["sys_id"]: _version(row) for row in rows}}
    recent = {sys_id: version for sys_id, version in seen.items() if version >= since}
    if newest <= before:
        return last.model_copy(update={"recent": recent})
    fields = {"updated_on": newest[0], "sys_id": newest[1], "moved_at": now, "recent": recent}
    return last.model_copy(update=fields)


def _place(row: Row) -> tuple[str, str]:
    return row["sys_updated_on"], row["sys_id"]


def _version(row: Row) -> str:
    return f"{row['sys_updated_on']} {row['sys_mod_count']}"


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
