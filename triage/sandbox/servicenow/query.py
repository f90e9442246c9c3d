"""Encoded queries as text and as data: parts joined by `^`, `^OR` and `^NQ`, sorted by ORDERBY."""

import re
from collections.abc import Callable
from dataclasses import dataclass

OPERATORS = (
    *("NOT LIKE", "NOTLIKE", "NOT IN", "STARTSWITH", "ENDSWITH", "ISNOTEMPTY", "ISEMPTY", "BETWEEN", "LIKE"),
    *("IN", "!=", ">=", "<=", "=", ">", "<"),
)

# Column names are lower case and word operators upper case, so the first operator after the name is the one;
# only INSTANCEOF, which we do not have, begins like one of ours.
_CONDITION = re.compile(rf"([a-z0-9_.]+)(?!INSTANCEOF)({'|'.join(OPERATORS)})(.*)", re.DOTALL)
_ORDER = re.compile(r"ORDERBY(DESC)?([a-z0-9_.]+)")
# `^EQ` ends a query in the address bar of the product and means nothing.
_END_MARK = "EQ"


@dataclass(frozen=True, slots=True)
class Condition:
    """One part: `state` `IN` `1,2`."""

    path: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key; the first given is the most significant."""

    path: str
    descending: bool


Alternatives = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Any of the `queries` (`^NQ`), in it all of the groups (`^`), in a group any of the conditions (`^OR`).

    `dropped` holds the parts that mean nothing here: unknown column, unknown operator, broken value.
    """

    queries: tuple[tuple[Alternatives, ...], ...]
    orders: tuple[Order, ...] = ()
    dropped: tuple[str, ...] = ()


def parse(text: str, known: Callable[[str], bool]) -> Query:
    """Read an encoded query; `known` tells whether a dot-walked path is a column of the table.

    As in the product, a part that cannot be read is dropped and not an error, which returns *more* rows; it
    is kept under `dropped`. A dropped `^OR` part leaves the rest of its group. There is no way to write `^`
    in a value.
    """
    queries, orders, dropped = list[tuple[Alternatives, ...]](), list[Order](), list[str]()
    for one in text.split("^NQ"):
        groups = list[list[Condition]]()
        for part, is_or in _parts(one):
            if order := _order(part, known):
                orders.append(order)
                continue
            if not (is_or and groups):
                groups.append([])
            if condition := _condition(part, known):
                groups[-1].append(condition)
            else:
                dropped.append(part)
        queries.append(tuple(tuple(group) for group in groups if group))
    return Query(tuple(queries), tuple(orders), tuple(dropped))


def from_pairs(pairs: list[tuple[str, str]], known: Callable[[str], bool]) -> Query:
    """Read the other form, `name=value` parameters of the address: all of them must hold."""
    groups = tuple((Condition(name, "=", value),) for name, value in pairs if known(name))
    return Query((groups,), dropped=tuple(name for name, _ in pairs if not known(name)))


def _parts(text: str) -> list[tuple[str, bool]]:
    """Split at `^`; the second of each pair tells that the part was joined by OR."""
    parts = []
    for index, raw in enumerate(text.split("^")):
        # ORDERBY begins like an OR join, and is none.
        is_or = index > 0 and raw.startswith("OR") and not _ORDER.fullmatch(raw)
        part = raw[2:] if is_or else raw
        if part and part != _END_MARK:
            parts.append((part, is_or))
    return parts


def _order(part: str, known: Callable[[str], bool]) -> Order | None:
    match = _ORDER.fullmatch(part)
    return Order(match[2], bool(match[1])) if match and known(match[2]) else None


def _condition(part: str, known: Callable[[str], bool]) -> Condition | None:
    match = _CONDITION.fullmatch(part)
    if match is None or not known(match[1]):
        return None
    path, operator, value = match.groups()
    if operator == "BETWEEN" and value.count("@") != 1:
        return None
    return Condition(path, operator.replace("NOTLIKE", "NOT LIKE"), value)
