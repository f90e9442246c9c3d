"""Measures the classifier on CLINC150: accuracy, coverage at risk, out-of-scope, calibration, contract.

Run `python -m tests.benchmarks.clinc`; it leaves with 1 when a figure misses what is demanded of it. The data
is read from ../shared/benchmarks, it is no part of the product; without it the benchmark says so and ends.
Taught on train, thresholds chosen on validation.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from models.bulk import score_many
from models.calibrate import log_shares, tempered
from models.certificate import Contract
from models.fast import Scorer
from models.labels import OTHER
from models.thresholds import pooled_threshold
from models.trust import signals
from training.course import load_course, read_labelled
from training.dataset import Dataset
from training.evaluate import Judged, calibration_error, coverage_at_risk, names, novelty_auroc
from training.fit import Taught, teach

DATA = Path(__file__).parents[2].parent / "shared/benchmarks/clinc150"
CONTRACT = Contract(max_wrong=0.01, assurance=0.9)
REDRAWS = 300
CERTIFYING = 7_500
_JUDGED_COST = 0.01


@dataclass(frozen=True)
class Heard:
    """A split as the model judges it: by the normalised score (`plain`) and by trust."""

    plain: Judged
    trust: Judged


@dataclass(frozen=True)
class Figure:
    """A figure, and what it must reach: `low` at least, `high` at most; without either it is told only."""

    name: str
    value: float
    low: float = -np.inf
    high: float = np.inf

    @property
    def met(self) -> bool:
        """Whether it is within its bounds."""
        return self.low <= self.value <= self.high

    def line(self) -> str:
        """Return it as one line, with PASS or FAIL where something is demanded."""
        bounds = ((">=", self.low), ("<=", self.high))
        asked = " ".join(f"{sign} {bound:g}" for sign, bound in bounds if np.isfinite(bound))
        verdict = ("PASS" if self.met else "FAIL") if asked else ""
        return f"{self.name:58} {self.value:10.4f} {asked:9} {verdict}".rstrip() + "\n"


def main() -> int:
    """Train, measure, print; 0 also where the data is absent, 1 when a figure is not met."""
    if not DATA.is_dir():
        sys.stdout.write(f"skipped: {DATA} is not there\n")
        return 0
    started = perf_counter()
    course = load_course([DATA / "train.csv"], "u_intent", None, warm_start=None, seed=1)
    taught = teach(course.data, CONTRACT, course.plan, lambda _: None, seed=1, jobs=1)
    sys.stdout.write(f"{len(course.data)} rows taught in {perf_counter() - started:.0f} s\n")
    test, validation = (heard(taught, load(name)) for name in ("test", "validation"))
    figures = (*ranking(test), *rejecting(test, validation), *contracts(test, validation))
    sys.stdout.writelines(figure.line() for figure in figures)
    return 0 if all(figure.met for figure in figures) else 1


def load(name: str) -> Dataset:
    """Read a labelled split."""
    return read_labelled([DATA / f"{name}.csv"], "u_intent", None, keep_rare=True)[0]


def heard(taught: Taught, data: Dataset) -> Heard:
    """Judge a split."""
    logits, readings = score_many(Scorer(taught.weights), data.texts.tolist())
    shares = log_shares(logits)
    logs = tempered(shares, taught.calibration.temperature)
    guess = logs.argmax(axis=1)
    other = taught.labels.index(OTHER)
    trust = taught.calibration.trust.apply(signals(logits, shares, logs, readings, other), guess)
    confidence = np.exp(logs.max(axis=1))
    parts = data.labels, names(taught.labels)[guess], confidence
    nothing = np.zeros(len(guess), dtype=bool)
    return Heard(
        Judged(*parts, np.exp(shares.max(axis=1)), confidence, nothing),
        Judged(*parts, trust, confidence, nothing),
    )


def ranking(test: Heard) -> list[Figure]:
    """Return accuracy, coverage at risk, separation and calibration on the test rows."""
    inside = test.plain.truth != OTHER
    score, trust = only(test.plain, inside), only(test.trust, inside)
    return [
        Figure("in-scope accuracy", float((~score.wrong).mean()), low=0.928),
        Figure("c1, normalised score", coverage_at_risk(score, 0.01), low=0.77),
        Figure("c1, trust", coverage_at_risk(trust, 0.01)),
        Figure("m1, normalised score", coverage_at_risk(test.plain, 0.01)),
        Figure("m1, trust", coverage_at_risk(test.trust, 0.01)),
        Figure("out-of-scope AUROC, trust", novelty_auroc(test.trust) or 0.0, low=0.962),
        Figure("ECE, in scope", calibration_error(score.confidence, ~score.wrong), high=0.02),
    ]


def rejecting(test: Heard, validation: Heard) -> list[Figure]:
    """Return in-scope accuracy and out-of-scope recall at thresholds that cost accuracy on validation."""
    figures = []
    for cost in (0.005, 0.01, 0.015, 0.02, 0.03):
        accuracy, recall = at_cost(test.trust, validation.trust, cost)
        asked = (0.915, 0.66) if cost == _JUDGED_COST else (-np.inf, -np.inf)
        figures.append(Figure(f"in-scope accuracy at a cost of {cost:.1%}", accuracy, low=asked[0]))
        figures.append(Figure(f"out-of-scope recall at a cost of {cost:.1%}", recall, low=asked[1]))
    return figures


def contracts(test: Heard, validation: Heard) -> list[Figure]:
    """Return how much redrawn contracts cover, and how often they are broken."""
    inside = validation.plain.truth != OTHER, test.plain.truth != OTHER
    in_scope = redraws(only(test.plain, inside[1]), only(validation.plain, inside[0]))
    mixed = redraws(test.trust, validation.trust)
    return [
        Figure("contract at 1 %, in scope by score: coverage", in_scope[0], low=0.72),
        Figure("contract at 1 %, in scope by score: broken in", in_scope[1], high=0.1),
        Figure("contract at 1 %, mixed by trust: coverage", mixed[0], low=0.38),
        Figure("contract at 1 %, mixed by trust: broken in", mixed[1], high=0.1),
    ]


def only(judged: Judged, rows: NDArray[np.bool_]) -> Judged:
    """Return the chosen rows."""
    return Judged(
        judged.truth[rows], judged.guess[rows], judged.confidence[rows], judged.trust[rows],
        judged.novelty[rows], judged.accepted[rows],
    )  # fmt: skip


def at_cost(test: Judged, validation: Judged, cost: float) -> tuple[float, float]:
    """Return in-scope accuracy and out-of-scope recall where validation loses at most `cost` in scope."""

    def turned_away(judged: Judged, limit: float) -> tuple[float, float]:
        guess = np.where(judged.trust < limit, OTHER, judged.guess)
        inside = judged.truth != OTHER
        return float((guess == judged.truth)[inside].mean()), float((guess == OTHER)[~inside].mean())

    best = turned_away(validation, 0.0)[0] - cost
    limits = np.quantile(validation.trust, np.linspace(0, 0.6, 600))
    return turned_away(test, max(one for one in limits if turned_away(validation, one)[0] >= best))


def redraws(judged: Judged, pool: Judged) -> tuple[float, float]:
    """Return mean coverage and the share of 300 redraws in which the certified threshold broke the contract.

    The rows (with those of `pool`) are the world; 7,500 of them, drawn with repeats, certify, and the
    threshold is judged by the world.
    """
    trust, wrong = np.append(judged.trust, pool.trust), np.append(judged.wrong, pool.wrong)
    inside = np.append(judged.truth, pool.truth) != OTHER
    acts = np.append(judged.guess, pool.guess) != OTHER
    covered, broken = [], 0
    for seed in range(REDRAWS):
        drawn = np.random.default_rng(seed).integers(0, len(trust), CERTIFYING)
        drawn = drawn[acts[drawn]]
        threshold = pooled_threshold(trust[drawn], wrong[drawn], CONTRACT)
        taken = acts & (trust >= (np.inf if threshold is None else threshold))
        covered.append(taken.sum() / inside.sum())
        broken += bool(taken.any()) and float(wrong[taken].mean()) > CONTRACT.max_wrong
    return float(np.mean(covered)), broken / REDRAWS


if __name__ == "__main__":
    sys.exit(main())
