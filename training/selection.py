"""Which rows of a large export are read: a fair sample to measure on, enough of every label to learn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.labels import OTHER
from training.dataset import Dataset, Strings
from training.plan import Plan

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_OTHER_ROOM: Final = 4  # `other` is many kinds of ticket in one


@dataclass(frozen=True)
class Choice:
    """Which labelled rows of an export are looked at, each attribute with one entry a labelled row.

    Attributes:
        read: Rows whose text is prepared.
        drawn: The fair sample among them: rows as they come, whatever their label.
    """

    read: Bools
    drawn: Bools


@dataclass(frozen=True)
class Selection:
    """The rows that are read.

    Attributes:
        data: Those rows, in file order; rows of the corpus are all among them.
        measured: Whether a row is measured on and learnt from in the passes that measure.
        taught: Whether the final fit learns from it.
    """

    data: Dataset
    measured: Bools
    taught: Bools


def choose(labels: Sequence[str], plan: Plan, seed: int) -> Choice:
    """Choose among the rows of an export by their labels alone, before a text is looked at."""
    named = np.array(labels, dtype=object)
    place = np.random.default_rng(seed).permutation(len(named))
    drawn = np.zeros(len(named), dtype=bool)
    drawn[place[: plan.measured]] = True
    return Choice(drawn | (_turns(named, place) < plan.per_label), drawn)


def select(data: Dataset, plan: Plan, seed: int) -> Selection:
    """Choose rows at random: `plan.measured` as they come, and at most `plan.per_label` of each label."""
    place = np.random.default_rng(seed).permutation(len(data))
    measured = np.zeros(len(data), dtype=bool)
    measured[place[(data.own & (data.times > 0))[place]][: plan.measured]] = True
    taught = data.own & (_turns(data.labels, place[data.own[place]]) < plan.per_label)
    measured |= ~data.own
    taught |= ~data.own
    read = np.flatnonzero(measured | taught)
    return Selection(data.at(read), measured[read], taught[read])


def thinned(selection: Selection, entries: Ints, plan: Plan, seed: int) -> Selection:
    """Leave out own rows until what is left fits the memory: long tickets count for more than short ones.

    Args:
        selection: The rows.
        entries: Number of features that stand in each of them.
        plan: Tells how many features one fit may read.
        seed: Seed of the choice.
    """
    data = selection.data
    place = np.random.default_rng(seed).permutation(len(data))
    turns = _turns(data.labels, place)
    by_turn = np.argsort(turns, kind="stable")
    return Selection(
        data,
        _fitting(selection.measured, place, entries, data.own, plan.entries),
        _fitting(selection.taught, by_turn, entries, data.own, plan.entries),
    )


def _fitting(chosen: Bools, order: Ints, entries: Ints, own: Bools, room: int) -> Bools:
    """Keep rows in that order as long as there is room; rows of the corpus stay."""
    left = room - int(entries[chosen & ~own].sum())
    mine = order[(chosen & own)[order]]
    kept = chosen & ~own
    kept[mine[np.cumsum(entries[mine]) <= left]] = True
    return kept


def _turns(labels: Strings, place: Ints) -> NDArray[np.float64]:
    """Return the turn of each row among those of its label, in the order of `place`; others have none."""
    turns = np.full(len(labels), np.inf)
    for label in sorted(set(labels[place].tolist())):
        mine = place[labels[place] == label]
        turns[mine] = np.arange(len(mine)) / (_OTHER_ROOM if label == OTHER else 1)
    return turns
