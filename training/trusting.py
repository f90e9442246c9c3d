"""Fits trust and novelty on rows scored by models that did not know a part of the labels."""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.calibrate import Floats
from models.trust import Trust

Bools = NDArray[np.bool_]

_UNKNOWN_WEIGHT = 0.3  # a row of a hidden label, beside a row of a known one
_OTHER_SHARE = 0.1  # share of the whole weight that real `other` rows get


def fit_trust(numbers: Floats, right: Bools, unknown: Bools, other: Bools) -> Trust:
    """Fit the probability that a guess is right.

    Args:
        numbers: Signals of the rows (`models.trust.signals`), shape (rows, 9).
        right: Whether the guess was right.
        unknown: Whether the row's label was hidden from the model.
        other: Whether the row's label is `other`.
    """
    weights = np.where(unknown, _UNKNOWN_WEIGHT, 1.0)
    if other.any() and not other.all():
        rest = weights[~other].sum()
        weights[other] *= _OTHER_SHARE / (1 - _OTHER_SHARE) * rest / weights[other].sum()
    return _logistic(numbers, right, weights)


def fit_novelty(numbers: Floats, unknown: Bools) -> Trust:
    """Fit the probability that a ticket is of a kind that was never shown."""
    share = max(float(unknown.mean()), 1e-9)
    return _logistic(numbers, unknown, np.where(unknown, 0.5 / share, 0.5 / max(1 - share, 1e-9)))


def _logistic(numbers: Floats, target: Bools, weights: Floats) -> Trust:
    mean, scale = numbers.mean(axis=0), numbers.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    if target.all() or not target.any():
        flat = 6.0 if target.all() else -6.0
        return Trust(mean=tuple(mean), scale=tuple(scale), weights=(0.0,) * len(mean), intercept=flat)
    found = LogisticRegression(C=1.0).fit((numbers - mean) / scale, target, sample_weight=weights)
    return Trust(
        mean=tuple(mean.tolist()),
        scale=tuple(scale.tolist()),
        weights=tuple(found.coef_[0].tolist()),
        intercept=float(found.intercept_[0]),
    )
