"""Teaching is deterministic, never measures on what it learnt from, and refuses what cannot be learnt."""

import numpy as np
import pytest

from models.certificate import Contract
from models.registry import Registry
from tests.training.small import CONTRACT, PLAN, dataset, small
from training.errors import BadTraining
from training.fit import teach
from training.split import group_folds, newest


def test_a_small_model_learns_its_labels() -> None:
    assert small().published.metrics.accuracy > 0.7


def test_the_same_rows_and_seed_give_the_same_model() -> None:
    data, _ = dataset()
    first = teach(data, CONTRACT, PLAN, lambda _: None, seed=1, jobs=1)
    again = Registry(small().data_dir).load(small().published.version)
    assert np.array_equal(first.weights.matrix, again.weights.matrix)
    assert first.certificate == again.facts.certificate


def test_rows_of_one_label_cannot_be_learnt() -> None:
    data, _ = dataset()
    one = data.at(np.flatnonzero(data.labels == "service_restart"))
    with pytest.raises(BadTraining, match="service_restart") as refused:
        teach(one, Contract(), PLAN, lambda _: None, seed=1, jobs=1)
    assert "--label" in refused.value.hint


def test_a_handful_of_rows_is_refused() -> None:
    data, _ = dataset()
    with pytest.raises(BadTraining, match="12 usable rows"):
        teach(data.at(np.arange(12)), Contract(), PLAN, lambda _: None, seed=1, jobs=1)


def test_a_group_is_never_torn() -> None:
    groups = np.array([f"g{number % 40}" for number in range(400)], dtype=object)
    labels = np.array([f"l{number % 4}" for number in range(400)], dtype=object)
    folds = group_folds(groups, labels, 5, seed=3)
    assert all(len(set(folds[groups == group])) == 1 for group in set(groups))
    assert set(folds) == set(range(5))


def test_the_newest_rows_are_of_groups_never_seen_before() -> None:
    opened = np.arange(100, dtype=float)
    groups = np.array([f"g{number % 90}" for number in range(100)], dtype=object)
    old, late = newest(opened, groups, 0.2)
    assert not set(groups[old]) & set(groups[late])
    assert opened[late].min() > opened[old].max()


def test_without_times_nothing_is_newest() -> None:
    assert len(newest(np.full(5, np.nan), np.array(list("abcde"), dtype=object), 0.2)[1]) == 0
