"""Measures the classifier on the shipped frames: by frame, by writer, by language, and what each idea adds.

Run `python -m tests.benchmarks.corpus` (some fifteen minutes of one core). Each line leaves one idea out;
every frame is scored by a model that saw neither it nor, in the second table, anything of its writer. The
lines `contract` tell what `triage train` would certify at 1 %, 95 % sure: mean and 95 % interval of coverage
over redraws of the frames, and in how many the certified threshold is wrong more often than that on all.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from models.calibrate import log_shares
from models.certificate import Contract
from models.concepts import annotate, without_marks
from models.labels import ACTIONABLE, OTHER
from models.normalise import plain
from models.text import prepare
from models.thresholds import certify
from training.cast import set_stage
from training.company import invent_company, names
from training.dataset import Dataset
from training.evaluate import Judged, coverage_at_risk
from training.evaluate import names as array
from training.fit import teach
from training.frames import Frame, load_frames
from training.judge import accepted_under, judge_scored
from training.plan import Plan, plan_for
from training.selection import select
from training.synth import UNTIL, ticket
from training.tickets import ticket_text
from training.work import joined, prepare_work, run_passes

FOLDS = 5
COMPANIES = 12
BOOTSTRAPS = 400
REDRAWS = 120
CONTRACT = Contract()
Row = dict[str, str]


@dataclass(frozen=True)
class Idea:
    """A way to prepare the text of a row."""

    name: str
    text: Callable[[Row], str]


def whole(row: Row) -> str:
    """Return subject and body as they are: the plain union of words and n-grams."""
    return plain(f"{row['short_description']}\n{row['description']}")


IDEAS = (
    Idea("all ideas", lambda row: prepare(ticket_text(row))),
    Idea("without notions", lambda row: without_marks(prepare(ticket_text(row)))[0]),
    Idea("without masked names", lambda row: annotate(re.sub(r"\s+", " ", whole(row)))),
    Idea("plain union", whole),
)


def main() -> int:
    """Print accuracy and coverage for each idea, by frame and by writer."""
    frames = load_frames()
    rows = filled(frames)
    by_frame = np.random.default_rng(1).integers(0, FOLDS, len(frames))
    writers = sorted({frame.writer for frame in frames})
    by_writer = np.array([writers.index(frame.writer) % FOLDS for frame in frames])
    weights = np.array([frame.weight for frame in frames])
    queue = np.random.default_rng(2).random(len(frames)) < weights
    for title, folds in (("by frame", by_frame), ("by writer", by_writer)):
        for idea in IDEAS:
            judged = scored(frames, [idea.text(row) for row in rows], folds)
            show(f"{title}, {idea.name}, all frames", judged)
            show(f"{title}, {idea.name}, as a queue", chosen(judged, queue))
            if idea is IDEAS[0]:
                languages(frames, judged)
        for idea in (IDEAS[0], IDEAS[-1]):
            contracts(f"{title}, {idea.name}", frames, [idea.text(row) for row in rows], queue)
    return 0


def filled(frames: tuple[Frame, ...]) -> list[Row]:
    """Fill each frame once with people of an invented company."""
    stages = [set_stage(invent_company(number), names()) for number in range(COMPANIES)]
    rng = Random(1)
    return [ticket(one, stages[at % COMPANIES], at, UNTIL, rng) for at, one in enumerate(frames)]


def scored(frames: tuple[Frame, ...], texts: list[str], folds: NDArray[np.int64]) -> Judged:
    """Score every frame by a model of the other folds; confidence is the share of the top label."""
    data = dataset(frames, texts)
    work = prepare_work(select(data, Plan(), 1), Plan(), 1, 1)
    splits = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(FOLDS)]
    done = joined(run_passes(work, splits, lambda _: None))
    order = np.argsort(done.rows)
    shares = log_shares(done.logits[order])
    top = np.exp(shares.max(axis=1))
    guess = array(work.labels)[shares.argmax(axis=1)]
    return Judged(data.labels, guess, top, top, top, np.zeros(len(frames), dtype=bool))


def dataset(frames: Sequence[Frame], texts: list[str]) -> Dataset:
    """Return the frames as rows to teach and measure with, each a group of its own."""
    columns = {name: array([getattr(one, name) for one in frames]) for name in ("intent", "id", "lang")}
    size = len(frames)
    return Dataset(
        array(texts), columns["intent"], columns["id"], columns["id"], np.full(size, np.nan), columns["lang"],
        np.ones(size, dtype=bool), np.ones(size, np.int64),
    )  # fmt: skip


def contracts(title: str, frames: tuple[Frame, ...], texts: list[str], queue: NDArray[np.bool_]) -> None:
    """Print what the contract certifies with trust as `triage train` gives it, on redraws of the frames."""
    data = dataset(frames, texts)
    if title.startswith("by writer"):
        data = replace(data, groups=array([one.writer for one in frames]))
    taught = teach(data, CONTRACT, plan_for(len(data), len(ACTIONABLE) + 1), lambda _: None, seed=1, jobs=1)
    unseen = judge_scored(taught, taught.out_of_fold)
    places = taught.out_of_fold.rows
    for name, world in (("all frames", unseen), ("as a queue", chosen(unseen, queue[places]))):
        acting, intents = chosen(world, world.guess != OTHER), int((world.truth != OTHER).sum())
        drawn = [redrawn(acting, intents, seed) for seed in range(REDRAWS)]
        covered, broken = np.array(drawn).T
        low, high = np.quantile(covered, (0.025, 0.975))
        sys.stdout.write(
            f"{title}, contract, {name:25} coverage {covered.mean():.3f} [{low:.3f}, {high:.3f}]  "
            f"broken {broken.mean():.3f}\n"
        )


def redrawn(acting: Judged, intents: int, seed: int) -> tuple[float, bool]:
    """Certify on a redraw; return the coverage it gives on all rows, and whether too many are wrong there."""
    rows = np.random.default_rng(seed).integers(0, len(acting.truth), len(acting.truth))
    drawn = chosen(acting, rows)
    certificate = certify(drawn.trust, drawn.wrong, drawn.guess.tolist(), ACTIONABLE, CONTRACT)
    taken = accepted_under(certificate, acting.guess, acting.trust)
    wrong = int(acting.wrong[taken].sum())
    return int(taken.sum()) / intents, wrong > CONTRACT.max_wrong * int(taken.sum())


def chosen(judged: Judged, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Judged:
    """Return the given rows."""
    return replace(judged, **{name: getattr(judged, name)[rows] for name in judged.__dataclass_fields__})


def show(title: str, judged: Judged) -> None:
    """Print a line with 95 % bootstrap intervals."""
    draws = [
        figures(chosen(judged, np.random.default_rng(seed).integers(0, len(judged.truth), len(judged.truth))))
        for seed in range(BOOTSTRAPS)
    ]
    low, high = np.quantile(np.array(draws), (0.025, 0.975), axis=0)
    told = "  ".join(
        f"{name} {value:.3f} [{lo:.3f}, {hi:.3f}]"
        for name, value, lo, hi in zip(
            ("accuracy", "c1", "c2", "c5"), figures(judged), low, high, strict=True
        )
    )
    sys.stdout.write(f"{title:44} {told}\n")
    sys.stdout.flush()


def figures(judged: Judged) -> tuple[float, ...]:
    """Return accuracy and coverage at 1, 2 and 5 % wrong."""
    return float((~judged.wrong).mean()), *(coverage_at_risk(judged, risk) for risk in (0.01, 0.02, 0.05))


def languages(frames: tuple[Frame, ...], judged: Judged) -> None:
    """Print the accuracy in each language."""
    spoken = array([frame.lang for frame in frames])
    parts = (f"{lang} {float((~judged.wrong[spoken == lang]).mean()):.3f}" for lang in sorted(set(spoken)))
    sys.stdout.write(f"    accuracy by language: {', '.join(parts)}; {OTHER} is a label as any\n")


if __name__ == "__main__":
    sys.exit(main())
