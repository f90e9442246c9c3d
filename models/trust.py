"""Trust: the probability that acting on the guess is right, from nine numbers the base model gives for free.

Unlike the confidence it was taught on tickets of kinds the model had not seen, so it knows what being lost
looks like; it is the number that gates automation.
"""

from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict
from scipy.special import expit, logsumexp

from models.calibrate import Floats, Ints

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

    def apply(self, signals: Floats, guess: Ints) -> Floats:
        """Return the trust of each row of `signals`, 0..1; `guess` is the column of its label."""
        standard = (signals - np.array(self.mean)) / np.array(self.scale)
        lifted = np.array(self.shifts)[guess] if self.shifts else 0.0
        return np.asarray(expit(standard @ np.array(self.weights) + self.intercept + lifted))


def signals(logits: Floats, shares: Floats, logs: Floats, reading: Floats, other: int | None) -> Floats:
    """Return the numbers trust is made of, shape (tickets, 9), in the order of `SIGNALS`.

    Args:
        logits: One-vs-rest logits, shape (tickets, labels).
        shares: Their `log_shares`.
        logs: Those at the model's temperature (`tempered`).
        reading: Share of unseen words (weighted by idf, 0..1) and number of words, shape (tickets, 2).
        other: Column of the label `other`; None if there is none.
    """
    rows = np.arange(len(logits))
    best = logs.argmax(axis=1)
    ordered = np.partition(logits, -2, axis=1)
    columns = (
        ordered[:, -1],
        ordered[:, -2],
        _logit(shares[rows, best]),
        _logit(logs[rows, best]),
        logsumexp(logits, axis=1),
        -(np.exp(logs) * logs).sum(axis=1),
        reading[:, 0],
        np.log1p(reading[:, 1]),
        np.full(len(logits), _NO_OTHER) if other is None else logits[:, other],
    )
    return np.stack(columns, axis=1)


def _logit(log_probability: Floats) -> Floats:
    bounded = np.minimum(log_probability, -1e-9)
    return np.asarray(bounded - np.log(-np.expm1(bounded)))
