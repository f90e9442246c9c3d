"""From one-vs-rest logits to probabilities: normalised over the labels, then one temperature.

One temperature keeps the order of the tickets; Platt or isotonic scaling per class does not, and the order
is what coverage under a contract is made of.
"""

from collections.abc import Callable
from math import exp, log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SHARPEST: Final = 0.2
_SOFTEST: Final = 5.0
_STEPS: Final = 40


def log_shares(logits: Floats) -> Floats:
    """Return the log of each label's share of the one-vs-rest probabilities, shape (tickets, labels)."""
    logs = -np.logaddexp(0.0, -logits)
    return np.asarray(logs - log_sums(logs))


def tempered(shares: Floats, temperature: float) -> Floats:
    """Return log-probabilities: `shares` sharpened (below 1) or softened (above 1) by the temperature.

    The greatest of K shares is at least 1/K, so their exponentials cannot all vanish.
    """
    scaled = shares / temperature
    return np.asarray(scaled - np.log(np.add.reduce(np.exp(scaled), axis=1, keepdims=True)))


def log_sums(logs: Floats) -> Floats:
    """Return the log of the sum of exponentials of each row, shape (rows, 1).

    SciPy's costs ten times as much on one row, `max` and `sum` a third more than what they call.
    """
    top = np.maximum.reduce(logs, axis=1, keepdims=True)
    return np.asarray(top + np.log(np.add.reduce(np.exp(logs - top), axis=1, keepdims=True)))


def fit_temperature(shares: Floats, truth: Ints) -> float:
    """Return the temperature that makes the true labels of out-of-fold rows most likely; 0.2 to 5.

    Args:
        shares: Result of `log_shares` on rows the logits were not fitted on, shape (rows, labels).
        truth: Column of each row's true label.
    """

    def value(log_temperature: float) -> float:
        return _surprise(shares, truth, exp(log_temperature))

    return exp(_lowest(value, log(_SHARPEST), log(_SOFTEST)))


def surprise(shares: Floats, truth: Ints) -> float:
    """Return the mean negative log-likelihood of the true labels at the best temperature."""
    return _surprise(shares, truth, fit_temperature(shares, truth))


def _surprise(shares: Floats, truth: Ints, temperature: float) -> float:
    logs = tempered(shares, temperature)
    return -float(logs[np.arange(len(truth)), truth].mean())


def _lowest(value: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function with one valley is lowest, by golden section (serving needs no SciPy)."""
    golden = (sqrt(5.0) - 1.0) / 2.0
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = value(left), value(right)
    for _ in range(_STEPS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = value(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = value(right)
    return (low + high) / 2
