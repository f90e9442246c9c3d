"""Encoded queries from safe parts, and the check that an answer keeps to them (servicenow.md section 3).

`^` cannot be escaped in a value and `javascript:` is run by the server, so both are refused; a part the
server does not understand is dropped without a word and more rows come back, so each row is checked again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from actions.errors import Refused

Row = dict[str, str]
"""A record by field name: database values, references as sys_id, empty string for none."""

_FIELD = re.compile(r"[a-z][a-z0-9_.]{0,79}")

_HOLDS: Mapping[str, Callable[[str, str], bool]] = {
    "=": lambda have, want: have == want,
    "!=": lambda have, want: have != want,
    ">": lambda have, want: have > want,
    ">=": lambda have, want: have >= want,
    "<": lambda have, want: have < want,
    "<=": lambda have, want: have <= want,
    "IN": lambda have, want: have in want.split(","),
    "LIKE": lambda have, want: want in have,
    "STARTSWITH": lambda have, want: have.startswith(want),
    "ISEMPTY": lambda have, _: not have,
    "ISNOTEMPTY": lambda have, _: bool(have),
}


@dataclass(frozen=True)
class Condition:
    """One condition on a field; operators are ServiceNow's."""

    field: str
    operator: str
    value: str = ""

    def __post_init__(self) -> None:
        if not _FIELD.fullmatch(self.field) or self.operator not in _HOLDS:
            raise ValueError(f"no safe condition: {self.field} {self.operator}")
        if "^" in self.value or "javascript:" in self.value.casefold() or not self.value.isprintable():
            raise Refused(
                f"A value for {self.field} would change the query, so it is not looked up.",
                hint="Correct it in the ticket: `^`, `javascript:` and control characters are refused.",
                subject=self.field,
            )

    def __str__(self) -> str:
        return f"{self.field}{self.operator}{self.value}"

    def holds(self, row: Row) -> bool:
        """Tell whether the row keeps to it; letter case does not count, as in ServiceNow."""
        return _HOLDS[self.operator](row.get(self.field, "").casefold(), self.value.casefold())


@dataclass(frozen=True)
class Query:
    """Alternatives of conditions that must all hold, and an order.

    Attributes:
        alternatives: joined by `^NQ`; the conditions inside one by `^`.
        order: field names, ascending; `-` in front for descending. Ends with `sys_id`, without which pages
            skip and repeat rows.
    """

    alternatives: tuple[tuple[Condition, ...], ...]
    order: tuple[str, ...] = ("sys_id",)

    def __str__(self) -> str:
        sets = "^NQ".join("^".join(map(str, conditions)) for conditions in self.alternatives)
        return "^".join([sets, *map(_order, self.order)])

    def holds(self, row: Row) -> bool:
        """Tell whether the row keeps to the conditions."""
        return any(all(one.holds(row) for one in conditions) for conditions in self.alternatives)

    @property
    def fields(self) -> frozenset[str]:
        """The fields that must be read to check rows."""
        return frozenset(one.field for conditions in self.alternatives for one in conditions)


def where(*conditions: Condition, order: tuple[str, ...] = ("sys_id",)) -> Query:
    """Return a query in which all conditions hold."""
    return Query((conditions,), order)


def equal(field: str, value: str) -> Condition:
    """Return the condition that `field` is `value`."""
    return Condition(field, "=", value)


def _order(field: str) -> str:
    return f"ORDERBYDESC{field[1:]}" if field.startswith("-") else f"ORDERBY{field}"
