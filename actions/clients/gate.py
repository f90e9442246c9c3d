"""Until when a service must be left alone, shared by all who call it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Gate(Protocol):
    """Closed until a time, per service; `triage.store` has one that all workers share."""

    async def wait_until(self, *apis: str) -> datetime | None:
        """Return the time (aware, UTC) before which one of `apis` must not be called, or `None`.

        It may be past.
        """

    async def close(self, api: str, until: datetime) -> None:
        """Let nobody call `api` before `until`; a gate that is closed for longer stays so."""


class InMemoryGate:
    """A gate for one process: tests, replay, tools."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    async def wait_until(self, *apis: str) -> datetime | None:
        """Return the time before which one of `apis` must not be called, or `None`."""
        return max((self._until[api] for api in apis if api in self._until), default=None)

    async def close(self, api: str, until: datetime) -> None:
        """Close `api` until then, unless it is closed for longer."""
        self._until[api] = max(until, self._until.get(api, until))
