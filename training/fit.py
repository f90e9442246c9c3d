"""Teaches a model: out-of-fold scores, temperature, trust, certificate, then the fit on everything."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from models.calibrate import Floats, fit_temperature, log_shares, tempered
from models.fast import Weights
from models.labels import OTHER
from models.pipeline import packed
from models.thresholds import Certificate, Contract, certify
from models.trust import Trust, signals
from training.dataset import Dataset
from training.errors import BadTraining
from training.learner import assembled, fit
from training.plan import Plan
from training.split import group_folds, newest
from training.trusting import fit_novelty, fit_trust
from training.work import Ints, Pass, Progress, Work, joined, prepare_work, run_passes

_LEAST_ROWS = 50
_LEAST_NEWEST = 20
_PARTS = 4  # the labels are hidden in quarters


@dataclass(frozen=True)
class Calibration:
    """What turns logits into the numbers people and gates see."""

    temperature: float
    trust: Trust
    novelty: Trust


@dataclass(frozen=True)
class Scored:
    """Rows with what a model that never saw their group says.

    Attributes:
        rows: Places in the dataset.
        logs: Log-probability of each label, shape (rows, labels).
        trust: Shape (rows,).
        novelty: Shape (rows,).
    """

    rows: Ints
    logs: Floats
    trust: Floats
    novelty: Floats


@dataclass(frozen=True)
class Taught:
    """Everything a training leaves behind.

    Attributes:
        labels: Label names in column order.
        pipeline: The fitted scikit-learn objects.
        weights: Their packed form.
        calibration: Temperature, trust and novelty.
        certificate: The contract with its thresholds.
        out_of_fold: Every own row, scored by a model that did not see its group.
        latest: The newest rows, scored by a model of the older ones; None without times.
    """

    labels: tuple[str, ...]
    pipeline: Pipeline
    weights: Weights
    calibration: Calibration
    certificate: Certificate
    out_of_fold: Scored
    latest: Scored | None


def teach(
    data: Dataset, contract: Contract, plan: Plan, progress: Progress, *, seed: int, jobs: int
) -> Taught:
    """Teach a model on `data` (own rows and, in a warm start, rows of the shipped corpus).

    The same data, plan and seed give the same model, whatever `jobs` is.

    Raises:
        BadTraining: Fewer than two labels, or too few own rows to measure anything.
    """
    _check(data)
    progress("Counting words")
    work = prepare_work(data, plan, seed, jobs)
    strange, hidden = _strange(work, data, plan, progress)
    unseen = _out_of_fold(work, data, plan, progress)
    temperature = fit_temperature(log_shares(unseen.logits), work.truth[unseen.rows])
    calibration = _calibration(work, strange, hidden, temperature)
    scored = _scored(work, unseen, calibration)
    latest = _latest(work, data, plan, progress)
    progress("Fitting on all rows")
    everything = fit(work.counts, np.arange(len(data)), work.truth, len(work.labels), work.weights, seed)
    pipeline = assembled(work.counts, everything, work.labels, seed)
    return Taught(
        labels=work.labels,
        pipeline=pipeline,
        weights=packed(pipeline, len(data)),
        calibration=calibration,
        certificate=certified(scored, work.truth, work.labels, contract),
        out_of_fold=scored,
        latest=_scored(work, latest, calibration) if latest else None,
    )


def certified(scored: Scored, truth: Ints, labels: tuple[str, ...], contract: Contract) -> Certificate:
    """Certify thresholds on scored rows; `truth` holds the label column of every row of the dataset."""
    names = np.array(labels, dtype=object)[scored.logs.argmax(axis=1)]
    acting = np.flatnonzero(names != OTHER)
    wrong = scored.logs.argmax(axis=1) != truth[scored.rows]
    automatable = [label for label in labels if label != OTHER]
    return certify(scored.trust[acting], wrong[acting], names[acting].tolist(), automatable, contract)


def _check(data: Dataset) -> None:
    labels = sorted(set(data.labels.tolist()))
    if len(labels) < 2:
        raise BadTraining(
            f"All {len(data)} usable rows carry the label {labels[0] if labels else '-'!r}.",
            hint="Name the label column with --label, or give a mapping file with --map.",
        )
    if data.own.sum() < _LEAST_ROWS:
        raise BadTraining(
            f"Only {int(data.own.sum())} usable rows; {_LEAST_ROWS} are the least that can be measured.",
            hint="Export more tickets, or start from the shipped frames (`triage synth`).",
        )


def _out_of_fold(work: Work, data: Dataset, plan: Plan, progress: Progress) -> Pass:
    """Score every own row with a model that did not see its group."""
    folds = group_folds(data.groups, data.labels, plan.folds, work.seed)
    splits = [
        (np.flatnonzero(folds != fold), np.flatnonzero((folds == fold) & work.own))
        for fold in range(plan.folds)
    ]
    told = _counting(progress, "Cross-validating", plan.folds)
    return joined(run_passes(work, splits, told))


def _strange(work: Work, data: Dataset, plan: Plan, progress: Progress) -> tuple[Pass, NDArray[np.bool_]]:
    """Score rows with models that miss a quarter of the labels, and say whose label was missing."""
    folds = group_folds(data.groups, data.labels, plan.strange_folds, work.seed + 1)
    parts = np.random.default_rng(work.seed + 1).permutation(len(work.labels)) % _PARTS
    if work.other is not None:
        parts[work.other] = -1
    hidden = [parts[work.truth] == fold for fold in range(plan.strange_folds)]
    splits = [
        (np.flatnonzero((folds != fold) & ~hidden[fold]), np.flatnonzero((folds == fold) & work.own))
        for fold in range(plan.strange_folds)
    ]
    told = _counting(progress, "Teaching trust", plan.strange_folds)
    passes = run_passes(work, splits, told)
    unknown = [hidden[fold][one.rows] for fold, one in enumerate(passes)]
    return joined(passes), np.concatenate(unknown)


def _counting(progress: Progress, what: str, total: int) -> Callable[[int], None]:
    return lambda number: progress(f"{what}, {number} of {total}")


def _calibration(work: Work, strange: Pass, hidden: NDArray[np.bool_], temperature: float) -> Calibration:
    shares = log_shares(strange.logits)
    logs = tempered(shares, temperature)
    numbers = signals(strange.logits, shares, logs, strange.readings, work.other)
    truth = work.truth[strange.rows]
    right = (logs.argmax(axis=1) == truth) & ~hidden
    is_other = truth == (-1 if work.other is None else work.other)
    return Calibration(temperature, fit_trust(numbers, right, hidden, is_other), fit_novelty(numbers, hidden))


def _scored(work: Work, done: Pass, calibration: Calibration) -> Scored:
    shares = log_shares(done.logits)
    logs = tempered(shares, calibration.temperature)
    numbers = signals(done.logits, shares, logs, done.readings, work.other)
    return Scored(done.rows, logs, calibration.trust.apply(numbers), calibration.novelty.apply(numbers))


def _latest(work: Work, data: Dataset, plan: Plan, progress: Progress) -> Pass | None:
    """Score the newest rows of unseen groups with a model of the older ones: does the contract hold ahead?"""
    own = np.flatnonzero(work.own)
    old, late = newest(data.opened[own], data.groups[own], plan.newest)
    if len(late) < _LEAST_NEWEST:
        return None
    late_groups = np.unique(data.groups[own[late]].astype(str))
    corpus = np.flatnonzero(~work.own & ~np.isin(data.groups.astype(str), late_groups))
    told = _counting(progress, "Checking the newest rows", 1)
    return run_passes(work, [(np.concatenate([own[old], corpus]), own[late])], told)[0]
