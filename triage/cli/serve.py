"""`triage serve` and `triage work`: the service, and further workers on the same database."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import typer
import uvicorn

from triage.app import build
from triage.settings import Settings, load_settings
from triage.web.app import web_app
from triage.workflow.jobs import work
from triage.workflow.services import Services


def register(app: typer.Typer) -> None:
    """Add `serve` and `work`."""
    app.command("serve", help="Run the API, the pages and one worker.")(serve)
    app.command("work", help="Run one further worker on the same database.")(work_only)


def serve() -> None:
    """Run the API, the pages and one worker until SIGTERM or Ctrl-C; work in hand is finished first."""
    _run(_serve)


def work_only() -> None:
    """Run one further worker until SIGTERM or Ctrl-C."""
    _run(work)


def _run(job: Callable[[Services], Awaitable[None]]) -> None:
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    for chatty in ("httpx", "procrastinate", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    asyncio.run(_until_told(load_settings(), job))


async def _until_told(settings: Settings, job: Callable[[Services], Awaitable[None]]) -> None:
    async with build(settings) as services:
        task = asyncio.ensure_future(job(services))
        loop = asyncio.get_running_loop()
        for told in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(told, task.cancel)
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(services: Services) -> None:
    web = services.settings.web
    app = web_app(services)
    config = uvicorn.Config(
        app,
        host=web.host,
        port=web.port,
        log_config=None,
        access_log=False,
        server_header=False,
    )
    server = _Server(config)
    worker = asyncio.create_task(work(services))
    page = asyncio.create_task(server.serve())
    try:
        await asyncio.wait({worker, page}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        app.state.front.feed.end()
        worker.cancel()
        await asyncio.gather(worker, page, return_exceptions=True)
    for ended in (worker, page):  # neither ends by itself unless something is wrong
        if not ended.cancelled():
            ended.result()
