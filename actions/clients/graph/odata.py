"""Building Graph addresses and filters from untrusted values (graph.md section 2.3)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from actions.errors import Refused

EVENTUAL = {"ConsistencyLevel": "eventual"}
"""Asks for advanced queries; they read an index that lags, so never to verify an own write."""


def segment(value: str) -> str:
    """Return `value` as one path segment; `#` of guests, `/` and the like are encoded.

    Raises:
        Refused: empty, or a dot segment that would change the path.
    """
    if value in {"", ".", ".."}:
        raise Refused(
            "An empty object id cannot be looked up.", hint="This is a bug: the id was not resolved."
        )
    return quote(value, safe="@")


def user_path(key: str) -> str:
    """Return the path of a user by object id or UPN; UPNs that start with `$` need the quoted form."""
    return f"/users('{literal(key)}')" if key.startswith("$") else f"/users/{segment(key)}"


def literal(value: str) -> str:
    """Return `value` for use between apostrophes in `$filter`: an apostrophe is doubled."""
    return value.replace("'", "''")


def select(fields: Iterable[str]) -> str:
    """Return the `$select` list."""
    return ",".join(fields)
