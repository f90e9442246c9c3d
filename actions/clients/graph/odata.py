"""Building Graph addresses and filters from untrusted values (graph.md section 2.3)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote
from uuid import UUID

from actions.errors import NotFound

EVENTUAL = {"ConsistencyLevel": "eventual"}
"""Asks for advanced queries; they read an index that lags, so never to verify an own write."""


def segment(value: str) -> str:
    """Return `value` as one path segment; `#` of guests and the like are encoded.

    Raises:
        NotFound: nothing can have such a key: it is empty, or a slash or dots in it would change the path.
    """
    if value in {"", ".", ".."} or "/" in value or "\\" in value:
        raise NotFound("There is no object of that key.", hint="Check the id or name that was given.")
    return quote(value, safe="@")


def user_path(key: str) -> str:
    """Return the path of a user by object id or UPN; UPNs that start with `$` need the quoted form."""
    return f"/users('{segment(literal(key))}')" if key.startswith("$") else f"/users/{segment(key)}"


def literal(value: str) -> str:
    """Return `value` for use between apostrophes in `$filter`: an apostrophe is doubled."""
    return value.replace("'", "''")


def guid(value: str) -> str:
    """Return an object id for use in `$filter`, where it stands without apostrophes.

    Raises:
        NotFound: it is no GUID, so nothing has it.
    """
    try:
        return str(UUID(value))
    except ValueError:
        raise NotFound("There is no object of that id.", hint="Check the id that was given.") from None


def select(fields: Iterable[str]) -> str:
    """Return the `$select` list."""
    return ",".join(fields)
