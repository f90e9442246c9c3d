"""Teaches a model: out-of-fold scores, temperature, trust, certificate, then the fit on everything."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from models.calibrate import Floats, fit_temperature, log_shares, surprise, tempered
from models.certificate import Certificate, Contract
from models.fast import Weights
from models.labels import OTHER
from models.pipeline import packed
from models.thresholds import certify
from models.trust import Trust, signals
from training.dataset import Dataset
from training.errors import BadTraining
from training.learner import assembled, fit
from training.plan import Plan
from training.selection import select
from training.split import group_folds, newest
from training.trusting import Lessons, both, fit_novelty, fit_trust
from training.work import Ints, Pass, Progress, Work, joined, prepare_work, run_passes

_LEAST_ROWS = 50
_LEAST_NEWEST = 20
_PARTS = 4  # the labels are hidden in quarters
_TRUST_FOLDS = 5


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
    progress("Counting words")
    selection = select(data, plan, seed)
    rows = selection.data
    work = _weighed(prepare_work(selection, seed, jobs), rows, plan, progress)
    strange, hidden = _strange(work, rows, plan, progress)
    unseen = _out_of_fold(work, rows, plan, progress)
    calibration, lessons = _calibration(work, unseen, strange, hidden)
    scored = _cross_fitted(work, unseen, calibration, lessons)
    latest = _latest(work, rows, plan, progress)
    progress("Fitting on all rows")
    taught = np.flatnonzero(selection.taught)
    everything = fit(work.counts, taught, work.truth, len(work.labels), work.weights, seed)
    pipeline = assembled(work.counts, everything, work.labels, seed)
    return Taught(
        labels=work.labels,
        pipeline=pipeline,
        weights=packed(pipeline, len(taught)),
        calibration=calibration,
        certificate=_certified(work, scored, contract),
        rows=rows,
        out_of_fold=scored,
        latest=_scored(work, latest, calibration) if latest else None,
    )


def _weighed(work: Work, rows: Dataset, plan: Plan, progress: Progress) -> Work:
    """Choose how much an own row weighs beside one of the corpus, by the likelihood of a held-out fold."""
    if work.own.all() or len(plan.own_weights) < 2:
        return work
    folds = group_folds(rows.groups, rows.labels, plan.folds, work.seed)
    split = (np.flatnonzero((folds != 0) & work.measured), np.flatnonzero((folds == 0) & work.scored))
    tried = {}
    for weight in plan.own_weights:
        progress(f"Weighing own rows by {weight:g}")
        [done] = run_passes(work.weighing_own(weight), [split], lambda _: None)
        tried[weight] = surprise(log_shares(done.logits), work.truth[done.rows])
    return work.weighing_own(min(tried, key=lambda weight: (tried[weight], weight)))


def _certified(work: Work, scored: Scored, contract: Contract) -> Certificate:
    """Certify thresholds on one row a group: rows of one template are one piece of evidence, not many."""
    names = np.array(work.labels, dtype=object)[scored.logs.argmax(axis=1)]
    wrong = scored.logs.argmax(axis=1) != work.truth[scored.rows]
    order = np.random.default_rng(work.seed).permutation(len(names))
    _, first = np.unique(work.groups[scored.rows][order], return_index=True)
    witnesses = np.sort(order[first])
    acting = witnesses[names[witnesses] != OTHER]
    automatable = [label for label in work.labels if label != OTHER]
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
    return lambda number: progress(f"{what}, {number} of {total}")


def _lessons(work: Work, done: Pass, hidden: NDArray[np.bool_], temperature: float) -> Lessons:
    """Return what trust can learn from scored rows: those whose guess could be acted on."""
    shares = log_shares(done.logits)
    logs = tempered(shares, temperature)
    guess = logs.argmax(axis=1)
    lessons = Lessons(
        numbers=signals(done.logits, shares, logs, done.readings, work.other),
        guess=guess,
        right=(guess == work.truth[done.rows]) & ~hidden,
        unknown=hidden,
        other=work.truth[done.rows] == (-1 if work.other is None else work.other),
        group=work.groups[done.rows],
    )
    return lessons.where(guess != (-1 if work.other is None else work.other))


def _calibration(
    work: Work, unseen: Pass, strange: Pass, hidden: NDArray[np.bool_]
) -> tuple[Calibration, Lessons]:
    temperature = fit_temperature(log_shares(unseen.logits), work.truth[unseen.rows])
    known = np.zeros(len(unseen.rows), dtype=bool)
    strangers = _lessons(work, strange, hidden, temperature)
    lessons = both(_lessons(work, unseen, known, temperature), strangers)
    trust, novelty = fit_trust(lessons, len(work.labels)), fit_novelty(strangers)
    return Calibration(temperature, trust, novelty), lessons


def _scored(work: Work, done: Pass, calibration: Calibration) -> Scored:
    shares = log_shares(done.logits)
    logs = tempered(shares, calibration.temperature)
    numbers, guess = signals(done.logits, shares, logs, done.readings, work.other), logs.argmax(axis=1)
    trust, novelty = calibration.trust, calibration.novelty
    return Scored(done.rows, logs, trust.apply(numbers, guess), novelty.apply(numbers, guess))


def _cross_fitted(work: Work, done: Pass, calibration: Calibration, lessons: Lessons) -> Scored:
    """Score rows with a trust that did not learn from their group, so that certifying on them is fair."""
    scored = _scored(work, done, calibration)
    parts = work.groups % _TRUST_FOLDS
    trust = scored.trust.copy()
    for part in range(_TRUST_FOLDS):
        mine = parts[done.rows] == part
        fitted = fit_trust(lessons.where(lessons.group % _TRUST_FOLDS != part), len(work.labels))
        some = Pass(done.rows[mine], done.logits[mine], done.readings[mine])
        trust[mine] = _scored(work, some, replace(calibration, trust=fitted)).trust
    return replace(scored, trust=trust)


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
