"""Weighs processes that serve the same version: what each maps (RSS), and what each costs (PSS).

Part of `python -m tests.benchmarks.speed`. PSS counts a page that N processes share as an N-th for each, so
it adds up to the memory that is really used (Linux, /proc/PID/smaps).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from models import artefact
from models.manifest import MATRIX
from models.registry import Registry
from models.signature import private_key, trust
from training.fit import Taught
from training.publish import facts_of

_MIB = 1024
_meeting: list[Barrier] = []


class Weight(NamedTuple):
    """MiB of one process: mapped, counted by shares, and of the latter the matrix of weights."""

    rss: float
    pss: float
    matrix: float


def weighed(taught: Taught, texts: Sequence[str]) -> Iterator[tuple[int, Weight]]:
    """Yield for 1, 2 and 4 processes what one of them weighs after it has scored all texts."""
    with TemporaryDirectory() as folder:
        registry, key = Registry(Path(folder)), private_key(bytes(32))
        facts = facts_of(taught, datetime(2026, 1, 1, tzinfo=UTC))
        trust(registry.keys, key.public_key())
        artefact.save(registry.folder(facts.version), taught.pipeline, taught.weights, facts, {}, key)
        context = get_context("forkserver")
        context.set_forkserver_preload([__name__])
        for number in (1, 2, 4):
            together = context.Barrier(number)
            with ProcessPoolExecutor(number, context, _meet, (together,)) as pool:
                tasks = [pool.submit(_weigh, Path(folder), facts.version, texts) for _ in range(number)]
                each = [task.result() for task in tasks]
            yield number, Weight(*(sum(column) / number for column in zip(*each, strict=True)))


def _meet(together: Barrier) -> None:
    _meeting.append(together)


def _weigh(data_dir: Path, version: str, texts: Sequence[str]) -> Weight:
    model = Registry(data_dir).load(version)
    model.score(texts)
    _meeting[0].wait()  # all are at work
    rolled = _sizes(Path("/proc/self/smaps_rollup").read_text(encoding="ascii"))
    mapped = Path("/proc/self/smaps").read_text(encoding="utf-8", errors="replace")
    matrix = _sizes(mapped.partition(MATRIX)[2])
    _meeting[0].wait()  # and stay until the last is weighed
    return Weight(rolled["Rss"], rolled["Pss"], matrix["Pss"])


def _sizes(text: str) -> dict[str, float]:
    """Return the first Rss and Pss of a listing, MiB."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        name, _, size = line.partition(":")
        if name in {"Rss", "Pss"} and name not in found:
            found[name] = int(size.split()[0]) / _MIB
    return found
