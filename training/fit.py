"""Teaches a model: out-of-fold scores, temperature, trust, certificate, then the fit on everything."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from models.calibrate import log_shares, surprise
from models.certificate import Certificate, Contract
from models.fast import Weights
from models.pipeline import packed
from training.dataset import Dataset
from training.errors import BadTraining
from training.learner import assembled, fit
from training.plan import Plan
from training.scoring import Calibration, Scored, calibrate, certified, cross_fitted, scored
from training.selection import select
from training.split import group_folds, newest
from training.work import Pass, Progress, Stage, Work, end_processes, joined, prepare_work, run_passes

_LEAST_ROWS = 50
_LEAST_NEWEST = 20
_PARTS = 4  # the labels are hidden in quarters


@dataclass(frozen=True)
class Taught:
    """Everything a training leaves behind.

    Attributes:
        labels: Label names in column order.
        pipeline: The fitted scikit-learn objects.
        weights: Their packed form.
        calibration: Temperature, trust and novelty.
        certificate: The contract with its thresholds.
        rows: The rows that were read; what `out_of_fold` and `latest` count in.
        out_of_fold: The measured own rows, scored by models that did not see their group.
        latest: The newest rows, scored by a model of the older ones; None without times.
    """

    labels: tuple[str, ...]
    pipeline: Pipeline
    weights: Weights
    calibration: Calibration
    certificate: Certificate
    rows: Dataset
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
    progress(Stage("Counting words"))
    selection = select(data, plan, seed)
    rows = selection.data
    work = _weighed(prepare_work(selection, plan, seed, jobs), rows, plan, progress)
    strange, hidden = _strange(work, rows, plan, progress)
    unseen = _out_of_fold(work, rows, plan, progress)
    calibration, lessons = calibrate(work, unseen, strange, hidden)
    out_of_fold = cross_fitted(work, unseen, calibration, lessons)
    latest = _latest(work, rows, plan, progress)
    progress(Stage("Fitting on all rows"))
    if work.jobs > 1:
        end_processes()
    taught = np.flatnonzero(work.taught)
    everything = fit(work.counts, taught, work.truth, len(work.labels), work.weights, seed)
    pipeline = assembled(work.counts, everything, work.labels, seed)
    return Taught(
        labels=work.labels,
        pipeline=pipeline,
        weights=packed(pipeline, len(taught)),
        calibration=calibration,
        certificate=certified(work, out_of_fold, contract),
        rows=rows,
        out_of_fold=out_of_fold,
        latest=scored(work, latest, calibration) if latest else None,
    )


def _weighed(work: Work, rows: Dataset, plan: Plan, progress: Progress) -> Work:
    """Choose how much an own row weighs beside one of the corpus, by the likelihood of a held-out fold."""
    if work.own.all() or len(plan.own_weights) < 2:
        return work
    folds = group_folds(rows.groups, rows.labels, plan.folds, work.seed)
    split = (np.flatnonzero((folds != 0) & work.measured), np.flatnonzero((folds == 0) & work.scored))
    tried: dict[float, float] = {}
    for weight in plan.own_weights:
        progress(Stage("Weighing own rows", len(tried), len(plan.own_weights)))
        [done] = run_passes(work.weighing_own(weight), [split], lambda _: None)
        tried[weight] = surprise(log_shares(done.logits), work.truth[done.rows])
    return work.weighing_own(min(tried, key=lambda weight: (tried[weight], weight)))


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
        (np.flatnonzero((folds != fold) & work.measured), np.flatnonzero((folds == fold) & work.scored))
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
        (
            np.flatnonzero((folds != fold) & ~hidden[fold] & work.measured),
            np.flatnonzero((folds == fold) & work.scored),
        )
        for fold in range(plan.strange_folds)
    ]
    told = _counting(progress, "Teaching trust", plan.strange_folds)
    passes = run_passes(work, splits, told)
    unknown = [hidden[fold][one.rows] for fold, one in enumerate(passes)]
    return joined(passes), np.concatenate(unknown)


def _counting(progress: Progress, what: str, total: int) -> Callable[[int], None]:
    return lambda number: progress(Stage(what, number, total))


def _latest(work: Work, data: Dataset, plan: Plan, progress: Progress) -> Pass | None:
    """Score the newest rows of unseen groups with a model of the older ones: does the contract hold ahead?"""
    own = np.flatnonzero(work.scored)
    old, late = newest(data.opened[own], data.groups[own], plan.newest)
    if len(late) < _LEAST_NEWEST:
        return None
    late_groups = np.unique(data.groups[own[late]].astype(str))
    corpus = np.flatnonzero(~work.own & ~np.isin(data.groups.astype(str), late_groups))
    told = _counting(progress, "Checking the newest rows", 1)
    return run_passes(work, [(np.concatenate([own[old], corpus]), own[late])], told)[0]
