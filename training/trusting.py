"""Fits trust and novelty on rows scored by models that did not see them, a part of which hid their labels."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.calibrate import Floats
from models.trust import Trust

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_UNKNOWN_WEIGHT = 0.3  # a row whose label was hidden, beside a row of a known one
_OTHER_SHARE = 0.1  # share of the whole weight that rows labelled `other` get, however few they are
_REGULAR = 0.01  # with a number a label to fit, less would overfit rare labels and the voices of writers


@dataclass(frozen=True)
class Lessons:
    """Rows to learn trust from; every attribute has one entry a row.

    Attributes:
        numbers: Signals (`models.trust.signals`), shape (rows, 9).
        guess: Column of the guessed label.
        right: Whether the guess was right.
        unknown: Whether the row's label was hidden from the model.
        other: Whether the row's label is `other`.
        group: Rows of one group are left out together when trust is measured.
    """

    numbers: Floats
    guess: Ints
    right: Bools
    unknown: Bools
    other: Bools
    group: Ints

    def where(self, chosen: Bools) -> "Lessons":
        """Return the chosen rows."""
        return Lessons(*(getattr(self, each.name)[chosen] for each in fields(self)))


def both(first: Lessons, second: Lessons) -> Lessons:
    """Return the rows of two lessons."""
    return Lessons(
        *(np.concatenate([getattr(first, each.name), getattr(second, each.name)]) for each in fields(Lessons))
    )


def fit_trust(lessons: Lessons, labels: int) -> Trust:
    """Fit the probability that a guess is right, with one shift a label."""
    weights = np.where(lessons.unknown, _UNKNOWN_WEIGHT, 1.0)
    if lessons.other.any() and not lessons.other.all():
        rest = weights[~lessons.other].sum()
        weights[lessons.other] = _OTHER_SHARE / (1 - _OTHER_SHARE) * rest / lessons.other.sum()
    guessed = np.eye(labels)[lessons.guess]
    return _logistic(lessons.numbers, guessed, lessons.right, weights)


def fit_novelty(lessons: Lessons) -> Trust:
    """Fit the probability that a ticket is of a kind that was never shown; both kinds weigh the same."""
    share = float(np.clip(lessons.unknown.mean(), 1e-9, 1 - 1e-9))
    weights = np.where(lessons.unknown, 0.5 / share, 0.5 / (1 - share))
    return _logistic(lessons.numbers, np.empty((len(weights), 0)), lessons.unknown, weights)


def _logistic(numbers: Floats, guessed: Floats, target: Bools, weights: Floats) -> Trust:
    mean, scale = numbers.mean(axis=0), numbers.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    plain = {"mean": tuple(mean.tolist()), "scale": tuple(scale.tolist())}
    if target.all() or not target.any():
        flat = 6.0 if target.all() else -6.0
        return Trust(**plain, weights=(0.0,) * len(mean), intercept=flat)
    inputs = np.hstack([(numbers - mean) / scale, guessed])
    found = LogisticRegression(C=_REGULAR, max_iter=1000).fit(inputs, target, sample_weight=weights)
    weighed = found.coef_[0].tolist()
    return Trust(
        **plain,
        weights=tuple(weighed[: len(mean)]),
        intercept=float(found.intercept_[0]),
        shifts=tuple(weighed[len(mean) :]),
    )
