"""Serves the sandbox on loopback: each API on an own HTTPS port, what a browser opens on plain HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Scope

from triage.clock import Clock, system_clock
from triage.errors import NotConfigured
from triage.sandbox.apps import Apps, Places, apps
from triage.sandbox.ca import Authority, new_authority
from triage.sandbox.endpoints import Endpoints, endpoints_at
from triage.sandbox.faults import Drop
from triage.sandbox.records import Json
from triage.sandbox.worker import advance

HOST = "127.0.0.1"
NAMES = ("entra", "graph", "arm", "vault", "servicenow", "browser")
_SECURE = NAMES[:-1]
_TICK = timedelta(milliseconds=250)
DEFAULT_PACE = timedelta(milliseconds=400)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox: its state and where each API listens."""

    apps: Apps
    endpoints: Endpoints


class _Server(uvicorn.Server):
    """A uvicorn server that leaves Ctrl-C to whoever runs all of them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def running(
    world: Json,
    data_dir: Path,
    *,
    clock: Clock = system_clock,
    base_port: int | None = None,
    pace: timedelta = DEFAULT_PACE,
) -> AsyncIterator[Sandbox]:
    """Serve the company of this world until the block ends.

    The local CA is written to `data_dir`. Ports are free ones, or `base_port` and the five after it, in the
    order of `NAMES`. `pace` is the least time a job stays in each state.

    Raises:
        NotConfigured: a wanted port is taken.
    """
    async with AsyncExitStack() as stack:
        sockets = {name: stack.enter_context(_listening(base_port, n)) for n, name in enumerate(NAMES)}
        # Not before the ports are ours: the file may be the one that clients of a running sandbox trust.
        authority = new_authority(data_dir)
        urls = {name: _url(name, sockets[name].getsockname()[1]) for name in NAMES}
        servers: dict[str, _Server] = {}
        drops = {name: _drop(servers, name) for name in _SECURE}
        made = apps(world, clock, Places(urls["entra"], urls["browser"], drops))
        made.workers.pace = pace
        for name in NAMES:
            servers[name] = _server(getattr(made, name), authority if name in _SECURE else None)
        await stack.enter_async_context(_serving([(servers[n], sockets[n]) for n in NAMES]))
        await stack.enter_async_context(_working(made))
        yield Sandbox(made, endpoints_at(made.tenant, urls, authority.ca_file))


@contextmanager
def _listening(base_port: int | None, number: int) -> Iterator[socket.socket]:
    port = 0 if base_port is None else base_port + number
    # Named TCP, or asyncio would leave Nagle's algorithm on and each answer would take 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise NotConfigured(
            f"Port {port} on {HOST} is taken, so the sandbox cannot start there.",
            hint="Stop the other program, or give another first port.",
            subject=f"port {port}",
        ) from None
    with listener:
        yield listener


def _url(name: str, port: int) -> str:
    return f"{'https' if name in _SECURE else 'http'}://{HOST}:{port}"


def _server(app: ASGIApp, authority: Authority | None) -> _Server:
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
        ssl_context_factory=None if authority is None else lambda *_: authority.server,
    )
    return _Server(config)


@asynccontextmanager
async def _serving(pairs: list[tuple[_Server, socket.socket]]) -> AsyncIterator[None]:
    """Start all servers together and, at the end, stop them together: each takes a tick to notice."""
    tasks = [asyncio.create_task(server.serve(sockets=[listener])) for server, listener in pairs]
    while not all(server.started for server, _ in pairs):
        for task in tasks:
            if task.done():
                task.result()
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        for server, _ in pairs:
            server.should_exit = True
            # A client that keeps its connection open must not hold up the end.
            for protocol in list(server.server_state.connections):
                _abort(protocol)
        await asyncio.gather(*tasks)


@asynccontextmanager
async def _working(made: Apps) -> AsyncIterator[None]:
    """Let the hybrid workers go on by themselves, so that jobs end even if nobody asks for them."""

    async def tick() -> None:
        while True:
            await asyncio.sleep(_TICK.total_seconds())
            advance(made.tenant, made.workers)

    task = asyncio.create_task(tick())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _drop(servers: dict[str, _Server], name: str) -> Drop:
    """Return what cuts the TCP connection a request came on, as a crashed proxy would."""

    async def drop(scope: Scope) -> None:
        for protocol in list(servers[name].server_state.connections):
            if getattr(protocol, "client", None) == tuple(scope["client"]):
                _abort(protocol)
        # Let the loop notice, so that uvicorn does not try to answer on what is gone.
        await asyncio.sleep(0.01)

    return drop


def _abort(protocol: object) -> None:
    transport = getattr(protocol, "transport", None)
    if isinstance(transport, asyncio.Transport):
        transport.abort()
