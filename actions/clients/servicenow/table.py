"""The Table API: rows in, rows out, all as strings (servicenow.md section 2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from actions.clients.call import Call
from actions.clients.http import Api
from actions.clients.servicenow.query import Query, Row
from actions.errors import NotFound, Refused, Unreachable

_TABLE = re.compile(r"[a-z][a-z0-9_]{0,79}")
_SYS_ID = re.compile(r"[0-9a-f]{32}")
_PLAIN = {"sysparm_display_value": "false", "sysparm_exclude_reference_link": "true"}


@dataclass(frozen=True)
class Tables:
    """Records of one ServiceNow instance."""

    api: Api

    async def query(self, table: str, query: Query, fields: Iterable[str], *, limit: int = 100) -> list[Row]:
        """Return at most `limit` rows that keep to `query`, in its order.

        The server applies the limit before its access rules: fewer rows than asked for is no end.

        Raises:
            Refused: the server dropped part of the query, so that no row fits it.
        """
        rows, _ = await self._read(
            table, query, fields, {"sysparm_limit": str(limit), "sysparm_no_count": "true"}
        )
        return rows

    async def page(self, table: str, query: Query, fields: Iterable[str], *, limit: int = 100) -> list[Row]:
        """Return the first page of `query` on which we may see a row; none when there is no such page.

        The rows of a whole page may be hidden from us though others stand behind it: the count, which the
        server takes before its access rules too, tells when to stop looking.

        Raises:
            Refused: the server dropped part of the query, so that no row fits it.
        """
        offset, wanted = 0, tuple(fields)
        while True:
            options = {"sysparm_limit": str(limit), "sysparm_offset": str(offset)}
            rows, total = await self._read(table, query, wanted, options)
            offset += limit
            if rows or offset >= total:
                return rows

    async def _read(
        self, table: str, query: Query, fields: Iterable[str], options: Mapping[str, str]
    ) -> tuple[list[Row], int]:
        """Return the rows of one page, and how many rows the query picks (0 where that is not told)."""
        wanted = sorted({*fields, *query.fields, "sys_id"})
        params = {**_PLAIN, "sysparm_query": str(query), "sysparm_fields": ",".join(wanted), **options}
        call = Call(method="GET", path=_path(table), params=params, permission=f"read of {table}")
        try:
            answer = await self.api.send(call)
        except NotFound:  # how version 1 of the API says "none"
            return [], 0
        rows, told = _rows(answer.object.get("result")), answer.headers.get("x-total-count", "")
        kept = [row for row in rows if query.holds(row)]
        if rows and not kept:
            raise Refused(
                f"ServiceNow answered a query of {table} with rows that do not fit it.",
                hint="A field of the query does not exist there or may not be read by our user.",
                subject=table,
            )
        return kept, int(told) if told.isdecimal() else 0

    async def get(self, table: str, sys_id: str, fields: Iterable[str]) -> Row:
        """Return one record.

        Raises:
            NotFound: it does not exist, or our user may not see it; ServiceNow does not tell which.
        """
        params = _PLAIN | {"sysparm_fields": ",".join(sorted({*fields, "sys_id"}))}
        path = _path(table, sys_id)
        answer = await self.api.send(
            Call(method="GET", path=path, params=params, permission=f"read of {table}")
        )
        return _row(answer.object.get("result"))

    async def insert(self, table: str, values: Mapping[str, str]) -> Row:
        """Add a record and return it; not repeatable.

        A field that does not exist or may not be written is left out silently by the server: compare what
        came back.

        Raises:
            OutcomeUnknown: no answer came; it may be there.
        """
        call = Call(
            method="POST", path=_path(table), params=_PLAIN, json=dict(values), permission=f"write of {table}"
        )
        return _row((await self.api.send(call)).object.get("result"))

    async def patch(
        self, table: str, sys_id: str, values: Mapping[str, str], *, repeatable: bool = True
    ) -> Row:
        """Set fields and return the record as it is now.

        A field that does not exist or may not be written is left out silently by the server: compare what
        came back.

        Args:
            table: table name.
            sys_id: id of the record.
            values: field to database value.
            repeatable: false for journal fields, where each write adds an entry.
        """
        call = Call(
            method="PATCH",
            path=_path(table, sys_id),
            params=_PLAIN,
            json=dict(values),
            repeatable=repeatable,
            permission=f"write of {table}",
        )
        return _row((await self.api.send(call)).object.get("result"))


def _path(table: str, sys_id: str = "") -> str:
    if not _TABLE.fullmatch(table) or (sys_id and not _SYS_ID.fullmatch(sys_id)):
        raise Refused(
            "That is no ServiceNow table and sys_id.",
            hint="A sys_id has 32 hexadecimal digits.",
            subject=table,
        )
    return f"/api/now/table/{table}" + (f"/{sys_id}" if sys_id else "")


def _rows(result: Any) -> list[Row]:
    if not isinstance(result, list):
        raise Unreachable("ServiceNow sent no list of records.", hint="Check that its address is right.")
    return [_row(one) for one in result]


def _row(result: Any) -> Row:
    if not isinstance(result, dict):
        raise Unreachable("ServiceNow sent no record.", hint="Check that its address is right.")
    return {str(field): _value(value) for field, value in result.items()}


def _value(value: Any) -> str:
    if isinstance(value, dict):  # a reference, where the link was not left out
        return str(value.get("value", ""))
    return "" if value is None else str(value)
