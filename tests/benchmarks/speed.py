"""Times one ticket and many: the fast path against the same model as scikit-learn objects.

Run `python -m tests.benchmarks.speed`. The model is taught on CLINC150 where ../shared has it, else
on the shipped frames.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
from threadpoolctl import threadpool_limits

from models.bulk import score_many
from models.calibrate import log_shares, tempered
from models.certificate import Contract
from models.fast import Scorer
from models.labels import OTHER
from models.pipeline import columns
from models.trust import signals
from tests.benchmarks.clinc import DATA, Figure
from tests.benchmarks.memory import weighed
from training.company import harborline
from training.course import load_course
from training.fit import Taught, teach
from training.synth import synth
from training.writing import write_export

_PASSES = 5


def main() -> int:
    """Teach, time, print microseconds of CPU time a ticket, on one thread."""
    with threadpool_limits(1):
        return measured(*prepared())


def measured(taught: Taught, texts: Sequence[str]) -> int:
    """Time both and print; 1 when a figure misses what is demanded of it."""
    scorer = Scorer(taught.weights)
    score_many(scorer, texts)
    nine = [text for text in texts if len(text.split()) == 9][:500] or list(texts[:500])
    plain = quietest(lambda text: taught.pipeline.predict_proba(columns([text])), nine[:40])
    quick = quietest(lambda text: trusted(taught, scorer, text), nine)
    bulk = min(timed(lambda _: score_many(scorer, texts), [""])[0] for _ in range(_PASSES)) / 1e6 / len(texts)
    figures = (
        Figure("one ticket of nine words, scikit-learn objects, p50 us", plain[0]),
        Figure("one ticket of nine words, fast path with trust, p50 us", quick[0], high=100.0),
        Figure("one ticket of nine words, fast path with trust, p99 us", quick[1]),
        Figure("times faster", plain[0] / quick[0], low=200.0),
        Figure("many tickets, scored a second and core", 1 / bulk, low=40_000.0),
    )
    sys.stdout.writelines(figure.line() for figure in figures)
    for number, one in weighed(taught, texts[:3000]):
        sys.stdout.write(
            f"{number} processes: each maps {one.rss:.0f} MiB and costs {one.pss:.0f} MiB, "
            f"{one.matrix:.1f} of them weights ({taught.weights.matrix.nbytes / 2**20:.1f} MiB in all)\n"
        )
    return 0 if all(figure.met for figure in figures) else 1


def prepared() -> tuple[Taught, Sequence[str]]:
    """Teach a model and return texts to score."""
    with TemporaryDirectory() as folder:
        export = DATA / "train.csv"
        if not export.exists():
            export = Path(folder) / "export.csv"
            write_export(export, synth(harborline(), rows=5000, seed=1), dirty=False, seed=1)
        course = load_course([export], "u_intent", None, warm_start=False, seed=1)
    taught = teach(course.data, Contract(), course.plan, lambda _: None, seed=1, jobs=1)
    return taught, course.data.texts.tolist()


def trusted(taught: Taught, scorer: Scorer, text: str) -> float:
    """Do for one text what serving does, but for packing the answer."""
    logits, readings = scorer.score([text])
    shares = log_shares(logits)
    logs = tempered(shares, taught.calibration.temperature)
    other = taught.labels.index(OTHER)
    numbers = signals(logits, shares, logs, readings, other)
    return float(taught.calibration.trust.apply(numbers, logs.argmax(axis=1))[0])


def quietest(work: Callable[[str], object], texts: Sequence[str]) -> tuple[float, float]:
    """Return median and 99th percentile of the quietest of some passes: the machine may be busy."""
    return min(timed(work, texts) for _ in range(_PASSES))


def timed(work: Callable[[str], object], texts: Sequence[str]) -> tuple[float, float]:
    """Return median and 99th percentile in microseconds."""
    spent = []
    for text in texts:
        started = process_time()
        work(text)
        spent.append(1e6 * (process_time() - started))
    return float(np.median(spent)), float(np.quantile(spent, 0.99))


if __name__ == "__main__":
    sys.exit(main())
