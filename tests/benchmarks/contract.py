"""Draws calibration rows again and again and counts how often the precision contract is broken.

Run `python -m tests.benchmarks.contract`. First on CLINC150 (where ../shared has it): rows labelled `other`
are rarer among the calibration rows than in the queue, certified as they are and at the expected share. Then
on the shipped frames: how sure a single label's own bound must be before it opens.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from models.certificate import Contract
from models.labels import OTHER
from models.thresholds import Bools, Floats, LabelBound, Names, at_mix, certify, pooled_threshold
from tests.benchmarks.clinc import CONTRACT, DATA, heard, load
from training.company import harborline
from training.course import load_course
from training.evaluate import Judged
from training.fit import Taught, teach
from training.judge import accepted_under, judge_scored
from training.synth import synth
from training.writing import write_export

DRAWS = 150
INSIDE = 7_400
MIXES = (0.05, 0.1, 0.18, 0.25)
BOUNDS = [
    LabelBound(times, sure)
    for times, sure in ((1, 0.95), (2, 0.8), (3, 0.8), (5, 0.8), (5, 0.95), (10, 0.8), (49, 0.6))
]
_FAR = 0.05


def main() -> int:
    """Teach, draw, print; what has no data is left out and said."""
    if DATA.is_dir():
        taught = taught_on(DATA / "train.csv", Contract(), warm_start=False)
        mixes(heard(taught, load("test")).trust, heard(taught, load("validation")).trust)
    else:
        sys.stdout.write(f"mixes skipped: {DATA} is not there\n")
    with TemporaryDirectory() as folder:
        export = Path(folder) / "export.csv"
        write_export(export, synth(harborline(), rows=9000, seed=1), dirty=False, seed=1)
        taught = taught_on(export, Contract(), warm_start=True)
    labels(judge_scored(taught, taught.out_of_fold), taught.labels)
    return 0


def taught_on(export: Path, contract: Contract, *, warm_start: bool) -> Taught:
    """Teach a model on one export."""
    course = load_course([export], "u_intent", None, warm_start=warm_start, seed=1)
    return teach(course.data, contract, course.plan, lambda _: None, seed=1, jobs=1)


def mixes(test: Judged, validation: Judged) -> None:
    """Certify on few rows labelled `other` and judge where there are more."""
    trust, wrong = np.append(test.trust, validation.trust), np.append(test.wrong, validation.wrong)
    outside = np.append(test.truth, validation.truth) == OTHER
    acts = np.append(test.guess, validation.guess) != OTHER
    sys.stdout.write("contract at 1 %, 90 % sure; broken in queues of which that share is other\n")
    for others, share in product((100, 300, 1_000), (0.0, *MIXES)):
        limits = []
        for seed in range(DRAWS):
            rng = np.random.default_rng(seed)
            inside = rng.choice(np.flatnonzero(~outside), INSIDE)
            drawn = np.append(inside, rng.choice(np.flatnonzero(outside), others))
            drawn = drawn[at_mix(outside[drawn], share, rng)]
            drawn = drawn[acts[drawn]]
            limits.append(pooled_threshold(trust[drawn], wrong[drawn], CONTRACT))
        taken = [acts & (trust >= (np.inf if limit is None else limit)) for limit in limits]
        told = [f"other rows {others:4}, expected {share or others / (INSIDE + others):.3f}"]
        told += [f"coverage in scope {np.mean([rows[~outside].mean() for rows in taken]):.3f}"]
        for mix in MIXES:
            broken = [risk(rows, wrong, outside, mix) > CONTRACT.max_wrong for rows in taken]
            told.append(f"at {mix:.2f} broken {np.mean(broken):.2f}")
        sys.stdout.write("  ".join(told) + "\n")


def risk(taken: Bools, wrong: Bools, outside: Bools, mix: float) -> float:
    """Return the share of wrong ones among the accepted in a queue of which `mix` is `other`."""
    weights = np.where(outside, mix / outside.mean(), (1.0 - mix) / (1.0 - outside.mean()))
    whole = float(weights[taken].sum())
    return float(weights[taken & wrong].sum()) / whole if whole else 0.0


def labels(judged: Judged, known: tuple[str, ...]) -> None:
    """Open labels by bounds of different strength and judge them by the rows they were drawn from."""
    acts = judged.guess != OTHER
    world = World(judged.trust[acts], judged.wrong[acts], judged.guess[acts])
    inside = int((judged.truth != OTHER).sum())
    automatable = [label for label in known if label != OTHER]
    sys.stdout.write(f"{len(acts)} rows of the frames, {int(acts.sum())} of them guessed to be an intent\n")
    for bound in BOUNDS:
        drawn = [one_draw(world, automatable, bound, seed) for seed in range(DRAWS)]
        covered, wrong, opened, worst, far = np.array(drawn).T
        sys.stdout.write(
            f"label bound {bound.times:4.0f} x 1 %, {bound.assurance:.0%} sure"
            f"  coverage {covered.mean() / inside:.3f}  broken {(wrong > CONTRACT.max_wrong).mean():.3f}"
            f"  labels open {opened.mean():.1f}, of those above 5 % wrong {far.mean():.2f}"
            f"  worst {worst.mean():.3f}, 95 % of draws below {np.quantile(worst, 0.95):.3f}\n"
        )


@dataclass(frozen=True)
class World:
    """All rows whose guess could be acted on, as if they were the queue; one entry a row."""

    trust: Floats
    wrong: Bools
    guess: Names


def one_draw(world: World, automatable: list[str], bound: LabelBound, seed: int) -> tuple[float, ...]:
    """Return accepted rows, their share wrong, labels open, the worst one's share wrong, those above 5 %."""
    drawn = np.random.default_rng(seed).integers(0, len(world.trust), len(world.trust))
    names = world.guess[drawn].tolist()
    certificate = certify(world.trust[drawn], world.wrong[drawn], names, automatable, Contract(), bound)
    taken = accepted_under(certificate, world.guess, world.trust)
    each = [
        float(world.wrong[taken & (world.guess == label)].mean())
        for label in automatable
        if (taken & (world.guess == label)).any()
    ]
    risk_of_all = float(world.wrong[taken].mean()) if taken.any() else 0.0
    return float(taken.sum()), risk_of_all, len(each), max(each, default=0.0), sum(one > _FAR for one in each)


if __name__ == "__main__":
    sys.exit(main())
