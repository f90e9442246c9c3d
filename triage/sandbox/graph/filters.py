"""Reads the subset of OData `$filter` that Entra objects support here and turns it into a predicate."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.sandbox.graph.errors import bad_request
from triage.sandbox.records import Json

Predicate = Callable[[Json], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<mark>[(),])|(?P<variable>[A-Za-z]\w*:)|(?P<word>[^\s(),']+))"
)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}
_ADVANCED = {"ne", "not", "endswith"}
_CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter; `advanced` ones need `ConsistencyLevel: eventual` and `$count=true`."""

    matches: Predicate
    advanced: bool


def parse_filter(text: str, known: Collection[str]) -> Filter:
    """Parse comparisons, `and`/`or`/`not`, parentheses, `in`, the string functions and `any` lambdas.

    Strings compare without regard to letter case, as in Entra; `known` are the properties that exist.

    Raises:
        GraphError: 400 Request_BadRequest for another syntax or an unknown property.
    """
    parser = _Parser(_tokens(text), frozenset(known))
    matches = parser.either()
    if parser.peek():
        raise parser.invalid()
    return Filter(matches, bool(_ADVANCED & {token.lower() for token in parser.seen}))


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise bad_request("Invalid filter clause: an unterminated string literal.")
        tokens.append(match.group().strip())
        at = match.end()
    return tokens


class _Parser:
    """A recursive descent over the tokens; it holds only the position."""

    def __init__(self, tokens: list[str], known: frozenset[str]) -> None:
        self._tokens, self._known, self._at = tokens, known, 0
        self.seen: list[str] = []

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if not token or (expected is not None and token.lower() != expected):
            raise self.invalid()
        self._at += 1
        self.seen.append(token)
        return token

    def invalid(self) -> Exception:
        return bad_request(f"Invalid filter clause near position {self._at + 1}.")

    def either(self) -> Predicate:
        parts = [self.both()]
        while self.peek().lower() == "or":
            self.take()
            parts.append(self.both())
        return lambda item: any(part(item) for part in parts)

    def both(self) -> Predicate:
        parts = [self.single()]
        while self.peek().lower() == "and":
            self.take()
            parts.append(self.single())
        return lambda item: all(part(item) for part in parts)

    def single(self) -> Predicate:
        start = self.peek().lower()
        if start == "not":
            self.take()
            inner = self.single()
            return lambda item: not inner(item)
        if start.startswith("("):
            self.take()
            inner = self.either()
            self.take(")")
            return inner
        if start in _FUNCTIONS:
            return self._function(self.take().lower())
        if start.endswith("/any"):
            return self._any(self.take()[: -len("/any")])
        return self._comparison()

    def _function(self, name: str) -> Predicate:
        self.take("(")
        read = self._property(self.take())
        self.take(",")
        wanted = _comparable(self._literal())
        self.take(")")
        return lambda item: (
            isinstance(value := _comparable(read(item)), str) and _FUNCTIONS[name](value, wanted)
        )

    def _any(self, path: str) -> Predicate:
        read = self._property(path)
        self.take("(")
        variable = self.take().removesuffix(":")
        # Inside, an element is read under its variable's name: `p` alone, or `t/id` for a property of it.
        known, self._known = self._known, frozenset({variable})
        inner = self.either()
        self._known = known
        self.take(")")
        return lambda item: any(inner({variable: element}) for element in read(item) or [])

    def _comparison(self) -> Predicate:
        read = self._property(self.take())
        operation = self.take().lower()
        if operation == "in":
            return self._in(read)
        compare = _COMPARISONS.get(operation)
        if compare is None:
            raise self.invalid()
        wanted = _comparable(self._literal())
        return lambda item: _compared(compare, _comparable(read(item)), wanted)

    def _in(self, read: Callable[[Json], Any]) -> Predicate:
        self.take("(")
        wanted = [_comparable(self._literal())]
        while self.peek() == ",":
            self.take()
            wanted.append(_comparable(self._literal()))
        self.take(")")
        return lambda item: _comparable(read(item)) in wanted

    def _property(self, path: str) -> Callable[[Json], Any]:
        names = path.split("/")
        if names[0] not in self._known:
            raise bad_request(f"Could not find a property named '{names[0]}'.")
        return lambda item: _value_at(item, names)

    def _literal(self) -> Any:
        token = self.take()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token.lower() in _CONSTANTS:
            return _CONSTANTS[token.lower()]
        return int(token) if token.lstrip("-").isdigit() else token


def _value_at(item: Json, names: list[str]) -> Any:
    value: Any = item
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _comparable(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if re.match(r"\d{4}-\d{2}-\d{2}T", value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value.casefold()
    return value.casefold()


def _compared(compare: Callable[[Any, Any], bool], value: Any, wanted: Any) -> bool:
    if compare in {operator.eq, operator.ne}:
        return compare(value, wanted)
    return value is not None and type(value) is type(wanted) and compare(value, wanted)
