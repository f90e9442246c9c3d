"""Measures the classifier on the shipped frames: by frame, by writer, by language, and what each idea adds.

Run `python -m tests.benchmarks.corpus` (some twenty minutes of one core). Each line leaves one idea out;
every frame is scored by a model that saw neither it nor, in the second table, anything of its writer. What
all ideas gain over the plain union is drawn on the same frames: the interval is of the gain itself. The lines
`contract` tell what `triage train` would certify at 1 %, 95 % sure: mean and 95 % interval of coverage over
redraws of the frames, and in how many the certified threshold is wrong more often than that on all.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from models.calibrate import Floats, fit_temperature, log_shares, tempered
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
from training.work import Work, joined, prepare_work, run_passes

FOLDS = 5
COMPANIES = 12
BOOTSTRAPS = 200
DEALS = 2  # folds and fills, of which the mean is told: one alone moves c1 by as much as an idea does
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
    """Print accuracy and coverage by frame and by writer, and what is gained over the plain union."""
    frames = load_frames()
    compare("by frame", frames, [frame.id for frame in frames])
    compare("by writer", frames, [frame.writer for frame in frames])
    return 0


def compare(title: str, frames: tuple[Frame, ...], keys: Sequence[str]) -> None:
    """Print a line for each idea, with folds in which rows of equal keys stay together."""
    weights = np.array([frame.weight for frame in frames])
    queue = np.random.default_rng(2).random(len(frames)) < weights
    rows = [filled(frames, deal) for deal in range(DEALS)]
    draws: dict[str, Floats] = {}
    for idea in IDEAS:
        texts = [[idea.text(row) for row in deal] for deal in rows]
        deals = [scored(frames, texts[deal], dealt(keys, deal)) for deal in range(DEALS)]
        show(f"{title}, {idea.name}, all frames", deals, np.arange(len(frames)))
        draws[idea.name] = show(f"{title}, {idea.name}, as a queue", deals, np.flatnonzero(queue))
        if idea is IDEAS[0]:
            languages(frames, deals[0])
        if idea in (IDEAS[0], IDEAS[-1]):
            contracts(f"{title}, {idea.name}", frames, texts[0], queue)
    tell(f"{title}, gain over the plain union, as a queue", draws[IDEAS[0].name] - draws[IDEAS[-1].name])


def dealt(keys: Sequence[str], seed: int) -> NDArray[np.int64]:
    """Deal the keys into folds; equal keys fall into one."""
    _, place = np.unique(np.array(keys), return_inverse=True)
    return (np.random.default_rng(seed + 1).permutation(place.max() + 1) % FOLDS)[place]


def filled(frames: tuple[Frame, ...], seed: int) -> list[Row]:
    """Fill each frame once with people of an invented company."""
    stages = [set_stage(invent_company(seed * COMPANIES + number), names()) for number in range(COMPANIES)]
    rng = Random(seed + 1)
    return [ticket(one, stages[at % COMPANIES], at, UNTIL, rng) for at, one in enumerate(frames)]


def scored(frames: tuple[Frame, ...], texts: list[str], folds: NDArray[np.int64]) -> Judged:
    """Score every frame by a model of the other folds, to be ranked by the confidence that people see."""
    data = dataset(frames, texts)
    work = prepare_work(select(data, Plan(), 1), Plan(), 1, 1)
    splits = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(FOLDS)]
    return judged(work, splits)


def judged(work: Work, splits: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]) -> Judged:
    """Judge the second rows of each split by a model of the first; the rows come back in their order."""
    done = joined(run_passes(work, splits, lambda _: None))
    order = np.argsort(done.rows)
    shares, truth = log_shares(done.logits[order]), work.truth[done.rows[order]]
    logs = tempered(shares, fit_temperature(shares, truth))
    labels, top = array(work.labels), np.exp(logs.max(axis=1))
    guess = labels[logs.argmax(axis=1)]
    return Judged(labels[truth], guess, top, top, top, np.zeros(len(top), dtype=bool))


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


def show(title: str, deals: Sequence[Judged], rows: NDArray[np.int64]) -> Floats:
    """Print the mean of the deals on `rows`; return it and its redraws, shape (1 + redraws, figures)."""
    redraws = (np.random.default_rng(seed).choice(rows, len(rows)) for seed in range(BOOTSTRAPS))
    drawn = [rows, *redraws]
    found = np.array([np.mean([figures(chosen(deal, some)) for deal in deals], axis=0) for some in drawn])
    tell(title, found)
    return found


def tell(title: str, found: Floats) -> None:
    """Print a line: the first row of `found`, and the 95 % intervals of the others."""
    low, high = np.quantile(found[1:], (0.025, 0.975), axis=0)
    told = "  ".join(
        f"{name} {value:.3f} [{lo:.3f}, {hi:.3f}]"
        for name, value, lo, hi in zip(("accuracy", "c1", "c2", "c5"), found[0], low, high, strict=True)
    )
    sys.stdout.write(f"{title:48} {told}\n")
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
