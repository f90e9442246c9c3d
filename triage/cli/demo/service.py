"""Our service as a process of its own, as in real life: started, watched, started again if it dies, ended."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path
from typing import Self

import httpx

from triage.cli.demo.house import forget_process, note_process
from triage.errors import NotConfigured

_PATIENCE_SECONDS = 60.0
_STOP_SECONDS = 20.0
_PAUSE_SECONDS = 0.25


def check_port(port: int) -> None:
    """Say now, before a minute of training, whether the port can be had.

    Raises:
        NotConfigured: something listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise NotConfigured(
                f"port {port} on 127.0.0.1 is taken",
                hint="Stop the other program, or choose another port: make demo ARGS='--port 8081'.",
                subject=f"port {port}",
            ) from None


class Service:
    """The process; `deaths` counts how often it died and was started again."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url
        self._process: asyncio.subprocess.Process | None = None
        self.deaths = 0

    async def __aenter__(self) -> Self:
        """Start it and wait until it answers."""
        await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it: asked first, then forced."""
        process = self._process
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), _STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        forget_process(self._folder)

    @property
    def pid(self) -> int:
        """The number of the process that runs now."""
        return self._process.pid if self._process else 0

    async def keep_up(self) -> None:
        """Start it again whenever it dies, for as long as this task lives; tickets are in the database."""
        while self._process is not None:
            await self._process.wait()
            self.deaths += 1
            await self._start()

    async def _start(self) -> None:
        with (self._folder / "service.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "triage",
                "serve",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the demo; it ends the service in order
            )
        note_process(self._folder, self._process.pid)
        await self._ready(self._process)

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        deadline = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        async with httpx.AsyncClient(trust_env=False) as http:
            while asyncio.get_running_loop().time() < deadline and process.returncode is None:
                try:
                    if (await http.get(f"{self._url}/readyz")).status_code == httpx.codes.OK:
                        return
                except httpx.TransportError:
                    pass  # it does not listen yet
                await asyncio.sleep(_PAUSE_SECONDS)
        raise NotConfigured(
            "the service did not get ready",
            hint=f"Read {self._folder / 'service.log'}.",
            subject="triage serve",
        )
