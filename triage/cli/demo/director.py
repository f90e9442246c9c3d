"""The demo from the first file to the last line: it calls the same commands that a site would."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from training.company import harborline
from training.writing import write_export
from triage.app import build
from triage.cli.console import safe
from triage.cli.demo.board import Board
from triage.cli.demo.cast import Cast, scene_of
from triage.cli.demo.house import house
from triage.cli.demo.proof import Told, told
from triage.cli.demo.service import Service, check_port
from triage.cli.demo.story import Story, story
from triage.cli.sandbox import stopped, write_site
from triage.errors import NotConfigured
from triage.sandbox.endpoints import settings as sandbox_settings
from triage.sandbox.own import FOLDER as OWN
from triage.sandbox.server import Sandbox, running
from triage.sandbox.servicenow.play import play
from triage.settings import load_settings
from triage.store.desk import Line, Sought, find
from triage.workflow.services import Services

_SEED = 20261124
_HUMAN_PACE = timedelta(milliseconds=700)
_FAST_PACE = timedelta(milliseconds=150)
_LOOK_SECONDS = 0.5
_MAX_WRONG, _ASSURANCE = "0.05", "0.9"
"""What four thousand tickets of 22 kinds can certify; a promise of 1 % needs more rows of each kind."""
_SETTLE_SECONDS = 90.0


@dataclass(frozen=True)
class Wish:
    """What was asked for: where, on which port, how many tickets, and whether to end by itself."""

    folder: Path
    port: int
    tickets: int
    leave: bool


async def perform(wish: Wish, out: Console) -> Told:
    """Run the whole demo and return what came of it; whatever was started is ended, also after Ctrl-C."""
    began = time.monotonic()
    with house(wish.folder) as unfinished:
        check_port(wish.port)
        if unfinished:
            out.print("An earlier demo was not ended properly; what it left running was ended.")
        _adopt({"TRIAGE_DATA_DIR": str(wish.folder)}, wish.folder)
        shown = story(harborline(), wish.tickets, _SEED, datetime.now(UTC).date())
        await _train(wish.folder, shown, out)
        async with _staged(wish) as stage:
            out.print(f"Your review page:     {_url(wish)}", soft_wrap=True)
            out.print(f"The company's window: {stage.served.endpoints.window}", soft_wrap=True)
            result = await _watch(wish, out, shown, stage)
            result = result.model_copy(update={"seconds": round(time.monotonic() - began, 1)})
            if not wish.leave:
                await _stay(wish, out, result, stage)
        return result


@dataclass(frozen=True)
class _Stage:
    served: Sandbox
    services: Services
    service: Service


@asynccontextmanager
async def _staged(wish: Wish) -> AsyncIterator[_Stage]:
    """Run the sandbox here and our service beside it; `services` is a second look at the same database."""
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(running(harborline(), wish.folder / "sandbox"))
        site = write_site(harborline(), wish.folder)
        _adopt(_environment(wish, served, site), wish.folder)
        services = await stack.enter_async_context(build(load_settings()))
        service = await stack.enter_async_context(Service(wish.folder, _url(wish)))
        await stack.enter_async_context(_kept_up(service))
        yield _Stage(served, services, service)


async def _train(folder: Path, shown: Story, out: Console) -> None:
    """Train on the export alone: the shipped corpus would hold the very frames that are played later."""
    export = folder / "export.csv"
    write_export(export, shown.learnt, dirty=False, seed=_SEED)
    promise = ("--max-wrong", _MAX_WRONG, "--assurance", _ASSURANCE)
    arguments = ("train", export.name, "--label", "u_intent", *promise, "--no-warm-start", "--promote")
    out.print(f"triage {' '.join(arguments)}", soft_wrap=True)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "triage", *arguments, cwd=folder)
    if await process.wait() != 0:
        raise NotConfigured("training failed", hint="Read what it printed above.", subject="triage train")


async def _watch(wish: Wish, out: Console, shown: Story, stage: _Stage) -> Told:
    """Play the tickets in and look on until each is settled, or nothing has moved for long."""
    player = asyncio.create_task(_play(wish, shown, stage))
    seen: tuple[Line, ...] = ()
    moved = time.monotonic()
    with Board(out) as board:
        while not (player.done() and _over(seen, player.result().tickets, moved)):
            await asyncio.sleep(_LOOK_SECONDS)
            async with stage.services.engine.connect() as conn:
                now = await find(conn, Sought(), wish.tickets * 2)
            moved = time.monotonic() if now != seen else moved
            seen = now
            board.update(seen, stage.service.deaths)
    result = await told(seen, player.result().tickets, stage.services, stage.served.apps)
    result = result.model_copy(update={"scenes": player.result().scenes})
    return result.model_copy(update={"restarts": stage.service.deaths})


def _over(seen: tuple[Line, ...], played: int, moved: float) -> bool:
    settled = sum(line.state.settled for line in seen)
    return settled >= played or time.monotonic() - moved > _SETTLE_SECONDS


@dataclass(frozen=True)
class _Played:
    """How many tickets were played in, and what people did in some of them."""

    tickets: int
    scenes: dict[str, str]


async def _play(wish: Wish, shown: Story, stage: _Stage) -> _Played:
    """Play the tickets in; in some of them people go on, while the others still come."""
    pace = _FAST_PACE if wish.leave else _HUMAN_PACE
    instance, count = stage.served.apps.instance, 0
    async with asyncio.TaskGroup() as group:
        acts = {}
        async for ticket in play(instance, shown.played, pace):
            count += 1
            if scene := scene_of(ticket.source):
                cast = Cast(stage.services, stage.served.apps, ticket)
                acts[ticket.source] = group.create_task(cast.act(scene))
    return _Played(count, {name: act.result() for name, act in acts.items()})


@asynccontextmanager
async def _kept_up(service: Service) -> AsyncIterator[None]:
    watcher = asyncio.create_task(service.keep_up())
    try:
        yield
    finally:
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher


async def _stay(wish: Wish, out: Console, result: Told, stage: _Stage) -> None:
    out.print(safe(result.sentence))
    out.print(f"{_url(wish)} and {stage.served.endpoints.window} stay up.", soft_wrap=True)
    out.print("Ctrl-C ends everything that was started.")
    await stopped()


def _adopt(environment: Mapping[str, str], folder: Path) -> None:
    """Make these the only settings of this process and those it starts.

    The folder becomes the working folder, so that the `.env` or `triage.toml` of a real installation, perhaps
    with its database, has no say in a demo.
    """
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        del os.environ[name]
    os.environ.update(environment)
    os.chdir(folder)


def _environment(wish: Wish, served: Sandbox, site: Path) -> dict[str, str]:
    return {
        **sandbox_settings(served.apps.tenant, served.endpoints),
        "TRIAGE_DATA_DIR": str(wish.folder),
        "TRIAGE_SITE_FILE": str(site),
        "TRIAGE_PLAYBOOKS_DIR": str(OWN),
        "TRIAGE_WEB__PORT": str(wish.port),
        "TRIAGE_WEB__PUBLIC_URL": _url(wish),
        "TRIAGE_SERVICENOW__POLL_EVERY": "PT1S",
    }


def _url(wish: Wish) -> str:
    return f"http://127.0.0.1:{wish.port}"
