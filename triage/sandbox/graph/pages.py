"""Shapes collections as OData does: search, filter, order, selection, count, pages and next links."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import JSONResponse, Response

from triage.sandbox.graph.calls import Call
from triage.sandbox.graph.errors import bad_request, unsupported_query
from triage.sandbox.graph.filters import parse_filter
from triage.sandbox.records import Json

_CLAUSE = re.compile(r'"(?P<name>\w+):(?P<words>[^"]*)"(?:\s+(?P<joint>AND|OR)\s*)?\s*')


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of object: its OData context, its properties, those shown unasked, those only expanded."""

    context: str
    properties: frozenset[str]
    default: tuple[str, ...]
    expanded: frozenset[str] = frozenset()
    page: int = 100
    largest_page: int = 999


def collection(call: Call, items: Iterable[Json], kind: Kind) -> Response:
    """Return the page of items the query options ask for.

    Raises:
        GraphError: 400 for an option that cannot be read or lacks `ConsistencyLevel: eventual`.
    """
    found = _ordered(call, matching(call, items, kind), kind)
    start, size = _page_start(call), _page_size(call, kind)
    body: Json = {"@odata.context": f"{call.root}/$metadata#{kind.context}"}
    if call.counting:
        body["@odata.count"] = len(found)
    if start + size < len(found):
        body["@odata.nextLink"] = _next_link(call, start + size)
    body["value"] = [projected(call, item, kind) for item in found[start : start + size]]
    return JSONResponse(body)


def matching(call: Call, items: Iterable[Json], kind: Kind) -> list[Json]:
    """Return the items `$search` and `$filter` pick.

    Raises:
        GraphError: 400 for an option that cannot be read or lacks `ConsistencyLevel: eventual`.
    """
    return _filtered(call, _searched(call, items), kind)


def projected(call: Call, item: Json, kind: Kind) -> Json:
    """Return the item with the selected properties only (`@odata.type` and what was expanded stay).

    Raises:
        GraphError: 400 Request_BadRequest for a property the type does not have.
    """
    names = selected(call, kind)
    marks = {n: value for n, value in item.items() if n.startswith("@odata.") or n in kind.expanded}
    return marks | {name: item.get(name) for name in names if name in item or name in kind.default}


def selected(call: Call, kind: Kind) -> tuple[str, ...]:
    """Return the property names `$select` asks for, or the type's default set.

    Raises:
        GraphError: 400 Request_BadRequest for a property the type does not have.
    """
    names = tuple(name.strip() for name in call.query.get("$select", "").split(",") if name.strip())
    unknown = set(names) - kind.properties
    if unknown:
        raise bad_request(f"Could not find a property named '{min(unknown)}' on type '{kind.context}'.")
    return names or kind.default


def _searched(call: Call, items: Iterable[Json]) -> list[Json]:
    text = call.query.get("$search")
    if text is None:
        return list(items)
    if not call.eventual:
        raise unsupported_query(
            "Request with $search query parameter only works through MSGraph with a special request header:"
            " 'ConsistencyLevel: eventual'"
        )
    clauses = list(_CLAUSE.finditer(text))
    if not clauses or "".join(c.group() for c in clauses) != text.strip():
        raise bad_request('Syntax error in $search: quote each clause, for instance "displayName:max".')
    return [item for item in items if _search_matches(clauses, item)]


def _search_matches(clauses: list[re.Match[str]], item: Json) -> bool:
    """AND binds stronger than OR, and each word must begin a word of the property, as in Entra's index."""
    alternatives, current = [], True
    for clause in clauses:
        held = re.split(r"[^\w']+", str(item.get(clause["name"]) or "").casefold())
        wanted = clause["words"].casefold().split()
        current &= all(any(word.startswith(part) for word in held) for part in wanted)
        if clause["joint"] != "AND":
            alternatives.append(current)
            current = True
    return any(alternatives)


def _filtered(call: Call, items: list[Json], kind: Kind) -> list[Json]:
    text = call.query.get("$filter")
    if text is None:
        return items
    parsed = parse_filter(text, kind.properties)
    if parsed.advanced and not (call.eventual and call.counting):
        raise unsupported_query(
            "Operator is not supported without the header 'ConsistencyLevel: eventual' and $count=true."
        )
    return [item for item in items if parsed.matches(item)]


def _ordered(call: Call, items: list[Json], kind: Kind) -> list[Json]:
    text = call.query.get("$orderby")
    if text is None:
        return items
    name, _, direction = text.partition(" ")
    if name not in kind.properties or direction.lower() not in {"", "asc", "desc"}:
        raise bad_request("Invalid $orderby clause.")
    if "$filter" in call.query and not (call.eventual and call.counting):
        raise unsupported_query("Sorting together with a filter needs 'ConsistencyLevel: eventual'.")
    return sorted(items, key=lambda i: str(i.get(name) or "").casefold(), reverse=direction.lower() == "desc")


def _page_size(call: Call, kind: Kind) -> int:
    text = call.query.get("$top", str(kind.page))
    if not text.isdigit() or not 1 <= int(text) <= kind.largest_page:
        raise bad_request(
            f"Invalid page size specified: '{text[:10]}'. Must be between 1 and {kind.largest_page}."
        )
    return int(text)


def _page_start(call: Call) -> int:
    token = call.query.get("$skiptoken")
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token))
    except ValueError:
        raise bad_request("Skip token is not valid.") from None


def _next_link(call: Call, start: int) -> str:
    kept = {name: value for name, value in call.query.items() if name != "$skiptoken"}
    kept["$skiptoken"] = base64.urlsafe_b64encode(str(start).encode()).decode()
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in kept.items())
    return f"{call.root}{call.path}?{query}"
