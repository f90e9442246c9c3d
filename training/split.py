"""Splits that keep what belongs together on one side: by group, and by time and group."""

import numpy as np
from numpy.typing import NDArray

from training.dataset import Strings

Ints = NDArray[np.int64]


def group_folds(groups: Strings, labels: Strings, folds: int, seed: int) -> Ints:
    """Return a fold (0 to folds-1) for each row; a group is never torn, labels are spread evenly.

    A group goes by the label of its first row.
    """
    _, first, inverse = np.unique(groups.astype(str), return_index=True, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(first))
    order = order[np.argsort(labels[first[order]].astype(str), kind="stable")]
    fold_of_group = np.empty(len(first), np.int64)
    fold_of_group[order] = np.arange(len(first)) % folds
    return fold_of_group[inverse]


def newest(opened: NDArray[np.float64], groups: Strings, share: float) -> tuple[Ints, Ints]:
    """Return rows before and rows in the newest `share` of the time axis, the latter of unseen groups only.

    Rows without a time count as old. Both are empty-safe: where no time is known there is nothing newest.
    """
    known = np.isfinite(opened)
    if not known.any():
        return np.arange(len(opened)), np.empty(0, np.int64)
    late = known & (opened > np.quantile(opened[known], 1.0 - share))
    unseen = late & ~np.isin(groups.astype(str), np.unique(groups[~late].astype(str)))
    return np.flatnonzero(~late), np.flatnonzero(unseen)
