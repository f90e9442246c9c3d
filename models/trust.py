"""Trust: the probability that acting on the guess is right, from nine numbers the base model gives for free.

Unlike the confidence it was taught on tickets of kinds the model had not seen, so it knows what being lost
looks like; it is the number that gates automation.
"""

from functools import cached_property
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict

from models.calibrate import Floats, Ints, log_sums

SIGNALS: Final = (
    "top_logit",
    "second_logit",
    "share_logit",
    "confidence_logit",
    "energy",
    "entropy",
    "unseen_share",
    "log_length",
    "other_logit",
)
_NO_OTHER: Final = -8.0  # the logit of `other` where no ticket without an intent was ever shown


class Trust(BaseModel):
    """A logistic regression on standardised `SIGNALS`, as plain numbers.

    `shifts` has one number a label: what is added when that label is the guess, since some labels are
    easier to take for another than others. Empty where the guess does not matter.
    """

    model_config = ConfigDict(frozen=True)

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    shifts: tuple[float, ...] = ()

    @cached_property
    def _scaled(self) -> tuple[Floats, float]:
        """Weights and intercept for signals that are not standardised."""
        weights = np.array(self.weights) / np.array(self.scale)
        return weights, self.intercept - float(weights @ np.array(self.mean))

    @cached_property
    def _shifts(self) -> Floats:
        return np.array(self.shifts)

    def apply(self, signals: Floats, guess: Ints) -> Floats:
        """Return the trust of each row of `signals`, 0..1; `guess` is the column of its label."""
        weights, intercept = self._scaled
        belief = signals @ weights + intercept
        if self.shifts:
            belief += self._shifts[guess]
        return np.asarray(np.exp(-np.logaddexp(0.0, -belief)))


def signals(logits: Floats, shares: Floats, logs: Floats, reading: Floats, other: int | None) -> Floats:
    """Return the numbers trust is made of, shape (tickets, 9), in the order of `SIGNALS`.

    Args:
        logits: One-vs-rest logits, shape (tickets, labels).
        shares: Their `log_shares`.
        logs: Those at the model's temperature (`tempered`).
        reading: Share of unseen words (weighted by idf, 0..1) and number of words, shape (tickets, 2).
        other: Column of the label `other`; None if there is none.
    """
    numbers = np.empty((len(logits), len(SIGNALS)))
    numbers[:, 1::-1] = np.partition(logits, -2, axis=1)[:, -2:]
    numbers[:, 2] = np.maximum.reduce(shares, axis=1)
    numbers[:, 3] = np.maximum.reduce(logs, axis=1)
    numbers[:, 2:4] = _logit(numbers[:, 2:4])
    numbers[:, 4:5] = log_sums(logits)
    numbers[:, 5] = -np.vecdot(np.exp(logs), logs)
    numbers[:, 6] = reading[:, 0]
    numbers[:, 7] = np.log1p(reading[:, 1])
    numbers[:, 8] = _NO_OTHER if other is None else logits[:, other]
    return numbers


def _logit(log_probability: Floats) -> Floats:
    bounded = np.minimum(log_probability, -1e-9)
    return np.asarray(bounded - np.log(-np.expm1(bounded)))
