"""The counted rows of one training, and fits on parts of them, side by side in processes where it pays."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from numpy.typing import NDArray

from models.calibrate import Floats
from models.labels import OTHER
from training.counts import Counts, count
from training.learner import fit, score
from training.plan import Plan
from training.selection import Selection, thinned

Ints = NDArray[np.int64]


class Stage(NamedTuple):
    """Where a training stands: what it does, how many parts of that are done, of how many if known."""

    words: str
    done: int = 0
    total: int | None = None


Progress = Callable[[Stage], None]
"""Told at the beginning of a stage and after each part of it."""


@dataclass(frozen=True)
class Pass:
    """One fit and what it says about rows it was not fitted on.

    Attributes:
        rows: The scored rows.
        logits: Shape (rows, labels).
        readings: Unseen share and number of words, shape (rows, 2).
    """

    rows: Ints
    logits: Floats
    readings: Floats


@dataclass(frozen=True)
class Work:
    """What every pass of a training needs.

    Attributes:
        counts: Counted texts.
        truth: Column of each row's label.
        weights: Weight of each row.
        groups: Number of each row's group.
        own: False for rows of the shipped corpus.
        measured: Rows that the passes learn from; the own ones among them are scored.
        taught: Rows that the final fit learns from.
        times: How often each row stood in the fair sample.
        labels: Label names in column order.
        seed: Seed of every random choice.
        jobs: Processes that may run passes side by side.
    """

    counts: Counts
    truth: Ints
    weights: Floats
    groups: Ints
    own: NDArray[np.bool_]
    measured: NDArray[np.bool_]
    taught: NDArray[np.bool_]
    times: Ints
    labels: tuple[str, ...]
    seed: int
    jobs: int

    @property
    def other(self) -> int | None:
        """Column of the label `other`; None if no row has it."""
        return self.labels.index(OTHER) if OTHER in self.labels else None

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Rows whose scores count: measured and own."""
        return self.measured & self.own

    def weighing_own(self, weight: float) -> "Work":
        """Return the same work with own rows at `weight` beside corpus rows."""
        return replace(self, weights=np.where(self.own, weight, 1.0))


def prepare_work(selection: Selection, plan: Plan, seed: int, jobs: int) -> Work:
    """Count the texts, and leave out rows that would not fit the memory; every row weighs the same."""
    data = selection.data
    labels = tuple(sorted(set(data.labels.tolist())))
    counts = count(data.texts.tolist())
    left = thinned(selection, counts.entries(), plan, seed)
    return Work(
        counts=counts,
        truth=np.searchsorted(np.array(labels), data.labels.astype(str)),
        weights=np.ones(len(data)),
        groups=np.unique(data.groups.astype(str), return_inverse=True)[1],
        own=data.own,
        measured=left.measured,
        taught=left.taught,
        times=data.times,
        labels=labels,
        seed=seed,
        jobs=jobs,
    )


def run_passes(work: Work, splits: Iterable[tuple[Ints, Ints]], told: Callable[[int], None]) -> list[Pass]:
    """Fit on the first and score the second rows of each split; the outcome does not depend on `jobs`."""
    task = delayed(_one_pass)
    running = Parallel(n_jobs=work.jobs, return_as="generator")(task(work, *split) for split in splits)
    passes = []
    told(0)
    for number, done in enumerate(running, 1):
        told(number)
        passes.append(done)
    return passes


def end_processes() -> None:
    """End the processes that ran passes and prepared texts: each holds memory that the final fit needs."""
    get_reusable_executor().shutdown()


def joined(passes: list[Pass]) -> Pass:
    """Return all rows of the passes in one."""
    return Pass(
        np.concatenate([one.rows for one in passes]),
        np.concatenate([one.logits for one in passes]),
        np.concatenate([one.readings for one in passes]),
    )


def _one_pass(work: Work, train: Ints, test: Ints) -> Pass:
    fitted = fit(work.counts, train, work.truth, len(work.labels), work.weights, work.seed)
    return Pass(test, *score(work.counts, test, fitted))
