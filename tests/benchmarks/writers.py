"""Measures what more writers give: shipped frames of writers never seen, by models of more and more others.

Run `python -m tests.benchmarks.writers` (some four minutes of one core). Each fold's writers are scored by
models that were taught on a part of the other writers, drawn by chance; figures are of the frames as a queue.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.corpus import FOLDS, IDEAS, dataset, dealt, filled, judged, show
from training.evaluate import Judged
from training.evaluate import names as array
from training.frames import Frame, load_frames
from training.plan import Plan
from training.selection import select
from training.work import Work, prepare_work

PARTS = (0.25, 0.5, 1.0)


def main() -> int:
    """Print accuracy and coverage for each share of the writers that is taught."""
    frames = load_frames()
    work = prepare_work(select(dataset(frames, _texts(frames)), Plan(), 1), Plan(), 1, 1)
    writers = array([frame.writer for frame in frames])
    weights = np.array([frame.weight for frame in frames])
    queue = np.flatnonzero(np.random.default_rng(2).random(len(frames)) < weights)
    for part in PARTS:
        show(f"{part:.0%} of the other writers", [unseen(work, writers, part)], queue)
    return 0


def _texts(frames: tuple[Frame, ...]) -> list[str]:
    return [IDEAS[0].text(row) for row in filled(frames, 0)]


def unseen(work: Work, writers: NDArray[np.object_], part: float) -> Judged:
    """Score every row by a model of that part of the writers outside its fold."""
    folds, rng = dealt(writers.tolist(), 0), np.random.default_rng(1)
    splits = []
    for fold in range(FOLDS):
        others = sorted(set(writers[folds != fold]))
        taught = rng.permutation(others)[: max(1, round(part * len(others)))]
        splits.append((np.flatnonzero(np.isin(writers, taught)), np.flatnonzero(folds == fold)))
    return judged(work, splits)


if __name__ == "__main__":
    sys.exit(main())
