"""Measures the running service: from ticket to decision by stage, and what it costs while nothing happens.

Run `python -m tests.benchmarks.service` (`--help` for more). The service is a process of its own over the
make-believe company on loopback; tickets come by its poller. Figures are this machine's, at this moment.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psutil
from rich.console import Console

from training.company import harborline
from training.synth import synth
from training.writing import write_export
from triage.cli.console import add_row, table
from triage.cli.demo.service import Service
from triage.cli.sandbox import write_site
from triage.sandbox.endpoints import settings as sandbox_settings
from triage.sandbox.server import Sandbox, running
from triage.sandbox.servicenow.play import play
from triage.settings import load_settings
from triage.store.decisions import stage_seconds
from triage.store.desk import Sought, find
from triage.store.engine import Database, open_database

_STAGES = ("classify", "resolve", "enrich", "plan", "rule")
_PORT = 8179
_PATIENCE_SECONDS = 300
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


async def main(tickets: int, rows: int, idle_seconds: int) -> None:
    """Train on `rows`, play `tickets` in, print the stages, then look at the idle service."""
    out = Console()
    with tempfile.TemporaryDirectory(prefix="triage-bench-") as name:
        folder = _opened(Path(name))
        async with running(harborline(), folder / "sandbox") as served:
            _settle_in(folder, served)
            _train(folder, rows)
            async with (
                open_database(load_settings()) as database,
                Service(folder, f"http://127.0.0.1:{_PORT}") as service,
            ):
                await _measure(out, served, database, tickets)
                await _idle(out, service.pid, idle_seconds)


def _opened(folder: Path) -> Path:
    folder.chmod(0o755)  # the embedded server runs as another user where we are root
    return folder


def _settle_in(folder: Path, served: Sandbox) -> None:
    """Point this process and those it starts at the sandbox and the folder."""
    os.environ.update(sandbox_settings(served.apps.tenant, served.endpoints))
    os.environ["TRIAGE_DATA_DIR"] = str(folder)
    os.environ["TRIAGE_SITE_FILE"] = str(write_site(harborline(), folder))
    os.environ["TRIAGE_WEB__PORT"] = str(_PORT)
    os.chdir(folder)


def _train(folder: Path, rows: int) -> None:
    export = folder / "export.csv"
    write_export(export, synth(harborline(), rows=rows, seed=1), dirty=False, seed=1)
    command = [sys.executable, "-m", "triage", "train", str(export), "--label", "u_intent", "--promote"]
    subprocess.run([*command, "--no-warm-start"], check=True, stdout=subprocess.DEVNULL)


async def _measure(out: Console, served: Sandbox, database: Database, tickets: int) -> None:
    rows = list(synth(harborline(), rows=tickets, seed=2))
    began = time.perf_counter()
    played = [one async for one in play(served.apps.instance, rows, timedelta(0))]
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            async with database.engine.connect() as conn:
                seen = await find(conn, Sought(), tickets)
                stages = await stage_seconds(conn, _EPOCH)
            if sum(line.decision is not None for line in seen) >= len(played):
                break
            await asyncio.sleep(0.2)
    elapsed = time.perf_counter() - began
    drawn = table(
        f"From ticket to decision, {len(stages)} tickets in one burst",
        "Stage",
        "#p50 ms",
        "#p95 ms",
        "#max ms",
    )
    for stage in _STAGES:
        add_row(drawn, stage, *_figures([one[stage] for one in stages]))
    add_row(drawn, "all stages", *_figures([sum(one.values()) for one in stages]))
    out.print(drawn)
    out.print(f"{len(played) / elapsed:.1f} tickets/s through poller, queue and one worker")


def _figures(seconds: Sequence[float]) -> list[str]:
    milli = np.array(seconds) * 1000
    return [f"{value:.1f}" for value in (np.median(milli), np.quantile(milli, 0.95), milli.max())]


async def _idle(out: Console, pid: int, seconds: int) -> None:
    """Wait until the queue is quiet, then watch one process do nothing."""
    process = psutil.Process(pid)
    await asyncio.sleep(min(10, seconds))
    before, began = process.cpu_times(), time.perf_counter()
    await asyncio.sleep(seconds)
    after = process.cpu_times()
    used = (after.user + after.system) - (before.user + before.system)
    share = 100 * used / (time.perf_counter() - began)
    out.print(f"idle: {process.memory_info().rss / 2**20:.0f} MiB, {share:.1f} % of a core")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--idle-seconds", type=int, default=30)
    asked = parser.parse_args()
    asyncio.run(main(asked.tickets, asked.rows, asked.idle_seconds))
