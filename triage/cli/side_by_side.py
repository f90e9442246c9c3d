"""Classifies many rows in processes that share one mapped matrix of weights; answers come in file order."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from models.model import Model
from models.registry import Registry
from training.export import Row
from training.tickets import ticket_text
from triage.errors import TriageError

CHUNK: Final = 1_000
"""Rows that a process takes at once."""

_ALONE: Final = 6  # chunks below which starting processes costs more than it saves
_AHEAD: Final = 2  # chunks a process may have waiting, so that memory stays bounded


class Answers(NamedTuple):
    """What became of a chunk: one JSON line a row, how many rows, how many of them accepted."""

    lines: str
    rows: int
    accepted: int


def classified(data_dir: Path, version: str, rows: Iterator[Row], jobs: int) -> Iterator[Answers]:
    """Yield the answers to all rows, in order, by `jobs` processes where there are rows enough.

    Raises:
        ModelError: The version cannot be opened.
        TriageError: A process was ended from outside, most likely for want of memory.
    """
    chunks = _chunks(rows)
    first = list(islice(chunks, _ALONE))
    if jobs == 1 or len(first) < _ALONE:
        yield from (_answers(data_dir, version, chunk) for chunk in chain(first, chunks))
    else:
        yield from _in_processes(data_dir, version, chain(first, chunks), jobs)


def processes() -> int:
    """Return how many processors we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_processes(data_dir: Path, version: str, chunks: Iterable[list[Row]], jobs: int) -> Iterator[Answers]:
    """Keep every process busy; the code is loaded once, before the processes part (and then shared)."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    waiting: deque[Future[Answers]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        try:
            for chunk in chunks:
                waiting.append(pool.submit(_answers, data_dir, version, chunk))
                if len(waiting) > jobs * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise TriageError(
                "a process was ended from outside", hint="Free memory, or classify with --jobs 1."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _answers(data_dir: Path, version: str, rows: list[Row]) -> Answers:
    predictions = _model(data_dir, version).predict([ticket_text(row.fields) for row in rows])
    lines = []
    for row, prediction in zip(rows, predictions, strict=True):
        number = row.fields.get("number") or f"line {row.line}"
        told = {"number": number, "model": prediction.model, **prediction.model_dump(mode="json")}
        lines.append(json.dumps(told, ensure_ascii=False) + "\n")
    return Answers("".join(lines), len(rows), sum(one.accepted for one in predictions))


@cache
def _model(data_dir: Path, version: str) -> Model:
    return Registry(data_dir).load(version)


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
