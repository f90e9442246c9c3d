"""News for open pages: one look at the database a second, shared by everybody who watches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from triage.audit.tables import audit
from triage.halt import FILE, on_file

Look = Callable[[], Awaitable[str]]
"""Reads the mark of the present state: it differs whenever anything that people look at has changed."""


class Feed:
    """Tells every watcher each new mark; nobody is looked for while nobody watches."""

    def __init__(self, look: Look, *, pause: float = 1.0) -> None:
        self._look = look
        self._pause = pause
        self._mark = ""
        self._waiting: set[asyncio.Event] = set()
        self._looking: asyncio.Task[None] | None = None
        self._ended = False

    async def marks(self, silence: float) -> AsyncGenerator[str, None]:
        """Yield the present mark, then each new one; the empty text after `silence` seconds without news."""
        news = asyncio.Event()
        self._waiting.add(news)
        if self._looking is None:
            self._mark = await self._look()
            self._looking = asyncio.create_task(self._watch())
        try:
            yield self._mark
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), silence)
                if self._ended:
                    return
                yield self._mark if news.is_set() else ""
                news.clear()
        finally:
            self._leave(news)

    def end(self) -> None:
        """Send everybody home, so that the process can stop: an open stream would keep it waiting."""
        self._ended = True
        for news in self._waiting:
            news.set()

    def _leave(self, news: asyncio.Event) -> None:
        self._waiting.discard(news)
        if not self._waiting and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            mark = await self._look()
            if mark != self._mark:
                self._mark = mark
                for news in self._waiting:
                    news.set()


def look_at(engine: AsyncEngine, data_dir: Path) -> Look:
    """Return a look at the service: its mark is the newest record of the chain, which misses no change.

    A database that does not answer is a state like any other: it has a mark of its own.
    """

    async def look() -> str:
        halted = ",".join(f"{one.scope}:{one.key}" for one in on_file(data_dir / FILE))
        try:
            async with engine.connect() as conn:
                newest = (await conn.execute(select(func.max(audit.c.seq)))).scalar()
        except (SQLAlchemyError, OSError):
            return f"-{halted}"
        return f"{newest or 0}{halted}"

    return look
