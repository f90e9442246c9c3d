"""From passes to the numbers people and gates see: temperature, trust, novelty, and their certificate."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.calibrate import Floats, fit_temperature, log_shares, tempered
from models.certificate import Certificate, Contract
from models.labels import OTHER
from models.thresholds import at_mix, certify
from models.trust import Trust, signals
from training.trusting import Lessons, both, fit_novelty, fit_trust
from training.work import Ints, Pass, Work

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


def calibrate(
    work: Work, unseen: Pass, strange: Pass, hidden: NDArray[np.bool_]
) -> tuple[Calibration, Lessons]:
    """Fit temperature, trust and novelty; return them and the rows trust was taught on."""
    temperature = fit_temperature(log_shares(unseen.logits), work.truth[unseen.rows])
    known = np.zeros(len(unseen.rows), dtype=bool)
    strangers = _lessons(work, strange, hidden, temperature)
    lessons = both(_lessons(work, unseen, known, temperature), strangers)
    trust, novelty = fit_trust(lessons, len(work.labels)), fit_novelty(strangers)
    return Calibration(temperature, trust, novelty), lessons


def scored(work: Work, done: Pass, calibration: Calibration) -> Scored:
    """Score the rows of a pass."""
    shares = log_shares(done.logits)
    logs = tempered(shares, calibration.temperature)
    numbers, guess = signals(done.logits, shares, logs, done.readings, work.other), logs.argmax(axis=1)
    trust, novelty = calibration.trust, calibration.novelty
    return Scored(done.rows, logs, trust.apply(numbers, guess), novelty.apply(numbers, guess))


def cross_fitted(work: Work, done: Pass, calibration: Calibration, lessons: Lessons) -> Scored:
    """Score rows with a trust that did not learn from their group, so that certifying on them is fair."""
    plain = scored(work, done, calibration)
    parts = work.groups % _TRUST_FOLDS
    trust = plain.trust.copy()
    for part in range(_TRUST_FOLDS):
        mine = parts[done.rows] == part
        fitted = fit_trust(lessons.where(lessons.group % _TRUST_FOLDS != part), len(work.labels))
        some = Pass(done.rows[mine], done.logits[mine], done.readings[mine])
        trust[mine] = scored(work, some, replace(calibration, trust=fitted)).trust
    return replace(plain, trust=trust)


def certified(work: Work, rows: Scored, contract: Contract) -> Certificate:
    """Certify thresholds on one row a group: rows of one template are one piece of evidence, not many."""
    names = np.array(work.labels, dtype=object)[rows.logs.argmax(axis=1)]
    wrong = rows.logs.argmax(axis=1) != work.truth[rows.rows]
    witnesses = _witnesses(work.groups[rows.rows], work.times[rows.rows], work.seed)
    outside = work.truth[rows.rows][witnesses] == (-1 if work.other is None else work.other)
    witnesses = witnesses[at_mix(outside, contract.other_share, np.random.default_rng(work.seed))]
    acting = witnesses[names[witnesses] != OTHER]
    automatable = [label for label in work.labels if label != OTHER]
    return certify(rows.trust[acting], wrong[acting], names[acting].tolist(), automatable, contract)


def _witnesses(groups: Ints, times: Ints, seed: int) -> Ints:
    """Return one row a group; of groups smaller than the mean only some, so that rare templates stay rare.

    Tickets of a frequent template are what a queue is made of, and may not be outvoted by rare ones; above
    the mean size a group still counts once, however many copies of it there are.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(groups))
    _, first, inverse = np.unique(groups[order], return_index=True, return_inverse=True)
    sizes = np.bincount(inverse, weights=times[order])
    kept = rng.random(len(sizes)) * sizes.mean() < sizes
    return np.sort(order[first[kept]])
