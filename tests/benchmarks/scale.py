"""Measures `triage train` on large exports: seconds, processor seconds, memory of all its processes.

Run `python -m tests.benchmarks.scale 100000 1000000` (about 20 minutes of two cores; `--keep DIR` keeps the
exports). Every row is a text of its own: a shipped frame, a sentence of another one of the same intent, and
a few words of the corpus, so that nothing is saved by repeats. Prints a line a size, with the limits.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from random import Random

import psutil

from training.company import invent_company
from training.synth import synth

LIMITS = {100_000: (4 * 60, 2_048), 1_000_000: (15 * 60, 6_144)}
"""Seconds and MiB that a training of that many rows may take on two idle cores."""

COLUMNS = ("number", "opened_at", "short_description", "description", "u_intent")
SAMPLED_EACH = 1.0
BASE = 50_000


def main() -> int:
    """Write the exports, train on each, print what it took; 1 where a limit was passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="+")
    parser.add_argument("--keep", type=Path, default=None)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = wanted.keep or Path(scratch)
        return max(measured(rows, folder) for rows in wanted.rows)


def measured(rows: int, folder: Path) -> int:
    """Train on `rows` rows and print a line; 1 where a limit was passed."""
    export = folder / f"{rows}.csv"
    if not export.exists():
        write(export, rows)
    started, before = time.perf_counter(), os.times()
    peak = trained(export, folder / f"data-{rows}")
    seconds, after = time.perf_counter() - started, os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    most_seconds, most_mib = LIMITS.get(rows, (float("inf"), float("inf")))
    sys.stdout.write(
        f"{rows:>9,} rows: {seconds:.0f} s (limit {most_seconds}), {spent:.0f} s of processor, "
        f"{peak:,.0f} MiB in all processes (limit {most_mib})\n"
    )
    return int(seconds > most_seconds or peak > most_mib)


def trained(export: Path, data_dir: Path) -> float:
    """Run `triage train` and return the largest memory its process tree had, shared pages once, in MiB."""
    command = [sys.executable, "-m", "triage", "train", str(export), "--no-warm-start"]
    running = subprocess.Popen(command, env={**os.environ, "TRIAGE_DATA_DIR": str(data_dir)})
    peak = 0.0
    while running.poll() is None:
        peak = max(peak, tree_mib(running.pid))
        time.sleep(SAMPLED_EACH)
    if running.returncode:
        raise SystemExit(f"triage train ended with {running.returncode}")
    return peak


def tree_mib(pid: int) -> float:
    """Return the proportional set size of a process and its descendants; one that has just ended counts 0."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            total += one.memory_full_info().pss
    return total / 2**20


def write(out: Path, rows: int) -> None:
    """Write an export of distinct texts."""
    rng = Random(1)
    sentences, words = defaultdict[str, list[str]](list), set[str]()
    for row in synth(invent_company(1), rows=9_000, seed=2):
        sentences[row["u_intent"]] += re.split(r"(?<=[.!?])\s+", row["description"])
        words |= set(row["description"].split())
    vocabulary = sorted(words)
    base = list(synth(invent_company(2), rows=min(rows, BASE), seed=3))
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        for number in range(rows):
            row = base[number % len(base)]
            other = rng.choice(sentences[row["u_intent"]])
            told = f"{row['description']} {other} {' '.join(rng.choices(vocabulary, k=4))}"
            writer.writerow({**row, "number": f"INC{number:08d}", "description": told})


if __name__ == "__main__":
    sys.exit(main())
