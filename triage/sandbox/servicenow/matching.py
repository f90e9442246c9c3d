"""Which rows an encoded query picks and in which order, by the kinds of the columns; pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeVar

from triage.sandbox.servicenow.query import Condition, Order, Query
from triage.sandbox.servicenow.schema import Kind

Key = int | str
R = TypeVar("R")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_BOOLEANS = {"1": "true", "0": "false"}


def selected(
    query: Query, rows: Iterable[R], kind_of: Callable[[str], Kind], value_of: Callable[[R, str], str]
) -> list[R]:
    """Return the rows the query picks, sorted by its orders, else in the order given.

    `value_of(row, path)` gives the database value, "" for nothing; `kind_of(path)` the kind of the column.
    """
    picked = [row for row in rows if holds(query, partial(value_of, row), kind_of)]
    for order in reversed(query.orders):
        picked.sort(key=_sort_key(order, kind_of, value_of), reverse=order.descending)
    return picked


def holds(query: Query, value_of: Callable[[str], str], kind_of: Callable[[str], Kind]) -> bool:
    """Tell whether one row fulfils the query; a query without conditions holds for every row."""
    return any(
        all(any(_true(part, value_of(part.path), kind_of(part.path)) for part in group) for group in groups)
        for groups in query.queries
    )


def _sort_key(
    order: Order, kind_of: Callable[[str], Kind], value_of: Callable[[R, str], str]
) -> Callable[[R], tuple[bool, Key]]:
    kind = kind_of(order.path)
    # Nothing sorts before everything, as NULL does in the product's database.
    return lambda row: (
        (False, "") if (found := key(kind, value_of(row, order.path))) is None else (True, found)
    )


def key(kind: Kind, value: str) -> Key | None:
    """Return what a value is compared by: a number, or text without regard to case; None for no value."""
    if not value:
        return None
    if kind == "integer":
        return int(value) if _INTEGER.fullmatch(value) else None
    if kind == "boolean":
        return _BOOLEANS.get(value, value.casefold())
    return value.casefold()


def _true(condition: Condition, value: str, kind: Kind) -> bool:
    return _TESTS[condition.operator](value, condition.value, kind)


def _equal(value: str, wanted: str, kind: Kind) -> bool:
    # `field=` and `field=NULL` ask for empty fields.
    if wanted in {"", "NULL"}:
        return not value
    return bool(value) and key(kind, value) == key(kind, wanted)


def _one_of(value: str, wanted: str, kind: Kind) -> bool:
    return any(_equal(value, one.strip(), kind) for one in wanted.split(","))


def _compared(compare: Callable[[Key, Key], bool]) -> Callable[[str, str, Kind], bool]:
    def test(value: str, wanted: str, kind: Kind) -> bool:
        left, right = key(kind, value), key(kind, wanted)
        return left is not None and right is not None and compare(left, right)

    return test


def _less(left: Key, right: Key) -> bool:
    if isinstance(left, int) and isinstance(right, int):
        return left < right
    return str(left) < str(right)


_at_least = _compared(lambda left, right: not _less(left, right))
_at_most = _compared(lambda left, right: not _less(right, left))


def _between(value: str, wanted: str, kind: Kind) -> bool:
    low, _, high = wanted.partition("@")
    return _at_least(value, low, kind) and _at_most(value, high, kind)


def _contains(value: str, wanted: str) -> bool:
    return wanted.casefold() in value.casefold()


_TESTS: Mapping[str, Callable[[str, str, Kind], bool]] = {
    "=": _equal,
    "!=": lambda value, wanted, kind: not _equal(value, wanted, kind),
    "IN": _one_of,
    "NOT IN": lambda value, wanted, kind: not _one_of(value, wanted, kind),
    "<": _compared(_less),
    "<=": _at_most,
    ">": _compared(lambda left, right: _less(right, left)),
    ">=": _at_least,
    "BETWEEN": _between,
    "LIKE": lambda value, wanted, _: _contains(value, wanted),
    "NOT LIKE": lambda value, wanted, _: not _contains(value, wanted),
    "STARTSWITH": lambda value, wanted, _: value.casefold().startswith(wanted.casefold()),
    "ENDSWITH": lambda value, wanted, _: value.casefold().endswith(wanted.casefold()),
    "ISEMPTY": lambda value, _, __: not value,
    "ISNOTEMPTY": lambda value, _, __: bool(value),
}
