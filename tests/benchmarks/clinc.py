"""Measures the classifier on CLINC150: accuracy, coverage at risk, out-of-scope, calibration, contract.

Run `python -m tests.benchmarks.clinc`. The data is read from ../shared/benchmarks, it is no part of
the product; without it the benchmark says so and ends. Taught on train, thresholds chosen on validation.
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


@dataclass(frozen=True)
class Heard:
    """A split as the model judges it: by the normalised score (`plain`) and by trust."""

    plain: Judged
    trust: Judged


def main() -> int:
    """Train, measure, print; 0 also where the data is absent."""
    if not DATA.is_dir():
        sys.stdout.write(f"skipped: {DATA} is not there\n")
        return 0
    started = perf_counter()
    course = load_course([DATA / "train.csv"], "u_intent", None, warm_start=None, seed=1)
    taught = teach(course.data, CONTRACT, course.plan, lambda _: None, seed=1, jobs=1)
    sys.stdout.write(f"{len(course.data)} rows taught in {perf_counter() - started:.0f} s\n")
    test, validation = (heard(taught, load(name)) for name in ("test", "validation"))
    show(test, validation)
    return 0


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


def show(test: Heard, validation: Heard) -> None:
    """Print the figures, one a line."""
    inside = test.plain.truth != OTHER
    in_scope = {"score": only(test.plain, inside), "trust": only(test.trust, inside)}
    figures = {
        "in-scope accuracy": float((~in_scope["score"].wrong).mean()),
        "c1, normalised score": coverage_at_risk(in_scope["score"], 0.01),
        "c1, trust": coverage_at_risk(in_scope["trust"], 0.01),
        "m1, normalised score": coverage_at_risk(test.plain, 0.01),
        "m1, trust": coverage_at_risk(test.trust, 0.01),
        "out-of-scope AUROC, trust": novelty_auroc(test.trust) or 0.0,
        "ECE, in scope": calibration_error(in_scope["score"].confidence, ~in_scope["score"].wrong),
    }
    for name, value in figures.items():
        sys.stdout.write(f"{name:34} {value:.3f}\n")
    for cost in (0.005, 0.01, 0.015, 0.02, 0.03):
        accuracy, recall = at_cost(test.trust, validation.trust, cost)
        sys.stdout.write(f"in-scope / OOS recall at cost {cost:.3f} {accuracy:.3f} / {recall:.3f}\n")
    for name, judged, pool in (
        (
            "in scope, normalised score",
            in_scope["score"],
            only(validation.plain, validation.plain.truth != OTHER),
        ),
        ("mixed, trust", test.trust, validation.trust),
    ):
        coverage, broken = redraws(judged, pool)
        sys.stdout.write(f"contract at 1 %, {name:27} coverage {coverage:.3f}, broken {broken:.3f}\n")


def only(judged: Judged, rows: NDArray[np.bool_]) -> Judged:
    """Return the chosen rows."""
    return Judged(
        judged.truth[rows], judged.guess[rows], judged.confidence[rows], judged.trust[rows],
        judged.novelty[rows], judged.accepted[rows],
    )  # fmt: skip


def at_cost(test: Judged, validation: Judged, cost: float) -> tuple[float, float]:
    """Return in-scope accuracy and out-of-scope recall where validation loses at most `cost` in scope."""

    def rejecting(judged: Judged, limit: float) -> tuple[float, float]:
        guess = np.where(judged.trust < limit, OTHER, judged.guess)
        inside = judged.truth != OTHER
        return float((guess == judged.truth)[inside].mean()), float((guess == OTHER)[~inside].mean())

    best = rejecting(validation, 0.0)[0] - cost
    limits = np.quantile(validation.trust, np.linspace(0, 0.6, 600))
    return rejecting(test, max(one for one in limits if rejecting(validation, one)[0] >= best))


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
