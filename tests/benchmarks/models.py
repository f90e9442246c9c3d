"""Compares our classifier with others on the same splits, each in a process of its own, one after another.

Run `make bench-models` (it installs the peers first), or `python -m tests.benchmarks.models --only ours`.
Splits: CLINC150 (taught on train, judged on test; read from ../shared/benchmarks, left out without it), and
the shipped frames (a fifth of them held out). Times are processor time: a busy machine changes little.
Prints Markdown; a peer that is not installed gets a line too.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from time import process_time

import numpy as np
from numpy.typing import NDArray

from models.bulk import score_many
from models.calibrate import log_shares, tempered
from models.certificate import Contract
from models.fast import Scorer
from models.labels import OTHER
from models.trust import signals
from tests.benchmarks import clinc, corpus
from tests.benchmarks.peers import PEERS, Floats, Learn
from training.course import load_course
from training.dataset import Dataset
from training.evaluate import Judged, calibration_error, coverage_at_risk, names, novelty_auroc
from training.export import Row, read_export
from training.fit import teach
from training.frames import load_frames
from training.plan import plan_for

SINGLES = 300
OURS = "ours"
HEADER = (
    "model", "accuracy", "c1", "m1", "AUROC", "ECE", "train s", "one: p50 us", "one: p99 us", "many/s",
    "size MB", "memory MB",
)  # fmt: skip


@dataclass(frozen=True)
class Split:
    """Rows to learn from and to be judged by; `plain` holds their texts as peers read them."""

    name: str
    taught: Dataset
    judged: Dataset
    plain: tuple[list[str], list[str]]


@dataclass(frozen=True)
class Guesses:
    """What a model says about many texts: guessed labels, their probabilities, and what ranks them."""

    guess: NDArray[np.object_]
    confidence: Floats
    rank: Floats


@dataclass(frozen=True)
class Learnt:
    """A taught model: many texts in, guesses out; and its size in bytes."""

    ask: Callable[[Sequence[str]], Guesses]
    size: int


def main() -> int:
    """Print a table a split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=[OURS, *PEERS], help="Measure one model")
    only = parser.parse_args().only
    for split in (clinc_split, frames_split):
        told = split()
        if told is None:
            sys.stdout.write(f"CLINC150 left out: {clinc.DATA} is not there\n")
            continue
        sys.stdout.write(f"\n{told.name}\n\n| {' | '.join(HEADER)} |\n|{'---|' * len(HEADER)}\n")
        for name in (OURS, *PEERS):
            if only in (None, name):
                sys.stdout.write(f"| {' | '.join(in_its_own_process(name, told))} |\n")
                sys.stdout.flush()
    return 0


def in_its_own_process(name: str, split: Split) -> tuple[str, ...]:
    """Measure one model in a fresh process, so that memory and caches are its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as one:
        return one.submit(measured, name, split).result()


def measured(name: str, split: Split) -> tuple[str, ...]:
    """Teach and judge one model; return its line."""
    texts = split.judged.texts.tolist() if name == OURS else split.plain[1]
    started = process_time()
    try:
        learnt = ours(split) if name == OURS else peer(PEERS[name], split)
    except ImportError as missing:
        return name, f"not measured: {missing.name} is not installed", *[""] * (len(HEADER) - 2)
    spent = process_time() - started
    singles = timed(learnt, texts)
    started = process_time()
    guesses = learnt.ask(texts)
    many = len(texts) / (process_time() - started)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    numbers = figures(guesses, split.judged.labels)
    return (
        name, *(f"{number:.3f}" for number in numbers), f"{spent:.0f}",
        f"{np.median(singles):,.0f}", f"{np.quantile(singles, 0.99):,.0f}", f"{many:,.0f}",
        f"{learnt.size / 1e6:.1f}", f"{memory:,.0f}",
    )  # fmt: skip


def figures(guesses: Guesses, truth: NDArray[np.object_]) -> tuple[float, ...]:
    """Return in-scope accuracy, c1, m1, AUROC and in-scope ECE."""
    nothing = np.zeros(len(truth), dtype=bool)
    judged = Judged(truth, guesses.guess, guesses.confidence, guesses.rank, nothing.astype(float), nothing)
    inside = clinc.only(judged, truth != OTHER)
    return (
        float((~inside.wrong).mean()),
        coverage_at_risk(inside, 0.01),
        coverage_at_risk(judged, 0.01),
        novelty_auroc(judged) or 0.0,
        calibration_error(inside.confidence, ~inside.wrong),
    )


def timed(learnt: Learnt, texts: Sequence[str]) -> Floats:
    """Return the microseconds that single texts took, after one to warm up."""
    learnt.ask(texts[:1])
    spent = []
    for text in texts[:SINGLES]:
        started = process_time()
        learnt.ask([text])
        spent.append(1e6 * (process_time() - started))
    return np.array(spent)


def ours(split: Split) -> Learnt:
    """Teach our model as `triage train` does; trust ranks."""
    data = split.taught
    plan = plan_for(len(data), len(set(data.labels.tolist())))
    taught = teach(data, Contract(), plan, lambda _: None, seed=1, jobs=1)
    scorer, calibration = Scorer(taught.weights), taught.calibration
    other, labels = taught.labels.index(OTHER), names(taught.labels)

    def ask(texts: Sequence[str]) -> Guesses:
        logits, readings = score_many(scorer, texts) if len(texts) > 1 else scorer.score(list(texts))
        shares = log_shares(logits)
        logs = tempered(shares, calibration.temperature)
        guess = logs.argmax(axis=1)
        trust = calibration.trust.apply(signals(logits, shares, logs, readings, other), guess)
        return Guesses(labels[guess], np.exp(logs.max(axis=1)), trust)

    weights = taught.weights
    return Learnt(ask, weights.matrix.nbytes + weights.idf.nbytes)


def peer(learn: Learn, split: Split) -> Learnt:
    """Teach a peer; its top probability ranks."""
    labels = np.array(sorted(set(split.taught.labels.tolist())), dtype=object)
    truth = np.searchsorted(labels.astype(str), split.taught.labels.astype(str))
    scores, size = learn(split.plain[0], truth, len(labels))

    def ask(texts: Sequence[str]) -> Guesses:
        shares = scores(texts)
        top = shares.max(axis=1)
        return Guesses(labels[shares.argmax(axis=1)], top, top)

    return Learnt(ask, size)


def clinc_split() -> Split | None:
    """Return CLINC150's own split; None where the data is absent."""
    if not clinc.DATA.is_dir():
        return None
    course = load_course([clinc.DATA / "train.csv"], "u_intent", None, warm_start=None, seed=1)
    taught, test = course.data, clinc.load("test")
    plain = sentences("train", taught), sentences("test", test)
    return Split("CLINC150, 150 intents and out-of-scope rows", taught, test, plain)


def sentences(name: str, rows: Dataset) -> list[str]:
    """Return the sentences of CLINC150 as they stand in the file, for the rows that were read."""
    written = {
        row.fields["number"]: row.fields["short_description"]
        for row in read_export(clinc.DATA / f"{name}.csv")
        if isinstance(row, Row)
    }
    return [written[number] for number in rows.numbers.tolist()]


def frames_split() -> Split:
    """Return the shipped frames, filled once, a random fifth held out."""
    frames = load_frames()
    rows = corpus.filled(frames, 0)
    held = np.random.default_rng(1).random(len(frames)) < 0.2
    data = corpus.dataset(frames, [corpus.IDEAS[0].text(row) for row in rows])
    plain = np.array([corpus.whole(row) for row in rows], dtype=object)
    return Split(
        "Shipped frames, 21 intents and `other`, a fifth held out",
        data.at(np.flatnonzero(~held)), data.at(np.flatnonzero(held)),
        (plain[~held].tolist(), plain[held].tolist()),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
