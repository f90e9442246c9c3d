"""Large exports are read in part: fairly where something is measured, enough of every label to learn it."""

from dataclasses import replace

import numpy as np

from tests.training.small import dataset, rows
from training.clean import build_dataset
from training.export import Row
from training.mapping import by_column
from training.plan import Plan
from training.scoring import _witnesses
from training.selection import choose, select, thinned

LABELS = ["often"] * 900 + ["rare"] * 20 + ["other"] * 80


def test_the_fair_sample_is_drawn_whatever_the_label() -> None:
    choice = choose(LABELS, Plan(measured=100, per_label=1), seed=1)
    assert choice.drawn.sum() == 100
    assert 75 <= choice.drawn[:900].sum() <= 100


def test_a_rare_label_is_read_beyond_the_fair_sample() -> None:
    choice = choose(LABELS, Plan(measured=10, per_label=15), seed=1)
    assert choice.read[900:920].sum() >= 15
    assert choice.read[:900].sum() < 30


def test_of_other_four_times_as_many_are_read() -> None:
    assert choose(LABELS, Plan(measured=0, per_label=15), seed=1).read[920:].sum() == 60


def test_only_rows_of_the_fair_sample_are_measured() -> None:
    data, _ = dataset()
    times = np.where(np.arange(len(data)) % 2, data.times, 0)
    selection = select(replace(data, times=times), Plan(), seed=1)
    assert set(np.flatnonzero(selection.measured) % 2) == {1}
    assert selection.taught.all()


def test_what_does_not_fit_the_memory_is_left_out_of_every_label_alike() -> None:
    data, _ = dataset()
    selection = select(data, Plan(), seed=1)
    entries = np.full(len(data), 100)
    left = thinned(selection, entries, Plan(entries=len(data) * 50), seed=1)
    assert left.taught.sum() == left.measured.sum() == len(data) // 2
    assert set(data.labels[left.taught]) == set(data.labels)


def test_rows_of_the_corpus_are_never_left_out() -> None:
    data, _ = dataset()
    own = np.arange(len(data)) % 2 == 0
    selection = select(replace(data, own=own), Plan(), seed=1)
    left = thinned(selection, np.ones(len(data), np.int64), Plan(entries=1), seed=1)
    assert left.taught[~own].all()
    assert not left.taught[own].any()


def test_equal_rows_are_counted_not_kept() -> None:
    one = rows()[0]
    data, tally = build_dataset(
        (Row(line, one) for line in range(2, 12)), by_column("u_intent"), keep_rare=True
    )
    assert len(data) == 10
    data, tally = build_dataset(
        (Row(line, one) for line in range(2, 12)), by_column("u_intent"), keep_rare=False
    )
    assert (len(data), tally.repeated, data.times.tolist()) == (1, 9, [10])


def test_texts_prepared_in_processes_are_the_same() -> None:
    data, _ = dataset()
    again, _ = build_dataset((Row(2, one) for one in rows()), by_column("u_intent"), keep_rare=False, jobs=2)
    assert np.array_equal(data.texts, again.texts)


def test_frequent_templates_are_not_outvoted_by_rare_ones() -> None:
    groups = np.arange(3000)
    times = np.where(groups < 1000, 10, 1)
    witnesses = _witnesses(groups, times, seed=1)
    assert (witnesses < 1000).sum() == 1000
    assert 350 < (witnesses >= 1000).sum() < 650


def test_a_group_counts_once_however_many_copies_it_has() -> None:
    groups = np.repeat(np.arange(50), 20)
    assert len(_witnesses(groups, np.ones(1000, np.int64), seed=1)) == 50
