"""Which rows of a large export are read: a fair sample to measure on, enough of every label to learn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.labels import OTHER
from training.dataset import Dataset
from training.plan import Plan

_OTHER_ROOM = 4  # `other` is many kinds of ticket in one


@dataclass(frozen=True)
class Selection:
    """The rows that are read.

    Attributes:
        data: Those rows, in file order; rows of the corpus are all among them.
        measured: Whether a row is measured on and learnt from in the passes that measure.
        taught: Whether the final fit learns from it.
    """

    data: Dataset
    measured: NDArray[np.bool_]
    taught: NDArray[np.bool_]


def select(data: Dataset, plan: Plan, seed: int) -> Selection:
    """Choose rows at random: `plan.measured` as they come, and at most `plan.per_label` of each label."""
    rng = np.random.default_rng(seed)
    place = rng.permutation(len(data))
    measured = np.zeros(len(data), dtype=bool)
    measured[place[data.own[place]][: plan.measured]] = True
    taught = np.zeros(len(data), dtype=bool)
    for label in sorted(set(data.labels.tolist())):
        mine = place[(data.labels[place] == label) & data.own[place]]
        taught[mine[: plan.per_label * (_OTHER_ROOM if label == OTHER else 1)]] = True
    measured |= ~data.own
    taught |= ~data.own
    read = np.flatnonzero(measured | taught)
    return Selection(data.at(read), measured[read], taught[read])
