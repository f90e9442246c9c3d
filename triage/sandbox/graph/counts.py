"""Counts in Graph: the `$count` segment, a bare number for those who send `ConsistencyLevel: eventual`."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import PlainTextResponse, Response

from triage.sandbox.graph.calls import Call, group_of
from triage.sandbox.graph.errors import unsupported_query
from triage.sandbox.graph.groups import GROUP, group_json, objects
from triage.sandbox.graph.pages import Kind, matching
from triage.sandbox.graph.shapes import USER
from triage.sandbox.records import Json


def count_users(call: Call) -> Response:
    """GET /users/$count, with `$filter` and `$search`."""
    return _number(call, call.seen.users.values(), USER)


def count_groups(call: Call) -> Response:
    """GET /groups/$count, with `$filter` and `$search`."""
    return _number(call, (group_json(group) for group in call.seen.groups.values()), GROUP)


def count_members(call: Call) -> Response:
    """GET /groups/{id}/members/$count: direct members only."""
    return _number(call, objects(call, group_of(call, call.seen).members), USER)


def _number(call: Call, items: Iterable[Json], kind: Kind) -> Response:
    if not call.eventual:
        raise unsupported_query("$count is not supported without the header 'ConsistencyLevel: eventual'.")
    return PlainTextResponse(str(len(matching(call, items, kind))))
