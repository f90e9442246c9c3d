"""What a person should look at after a training: confused labels, confident errors, doubtful labels."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from models.certificate import Certificate
from models.concepts import without_marks
from models.labels import OTHER
from models.thresholds import certify
from training.dataset import Dataset
from training.evaluate import Judged
from training.fit import Taught

Floats = NDArray[np.float64]

_SHOWN = 30
_DOUBTED = 0.05  # probability below which a given label is doubted


@dataclass(frozen=True)
class Finding:
    """One row to look at."""

    number: str
    given: str
    guess: str
    trust: float
    text: str


@dataclass(frozen=True)
class Month:
    """One month of the export: rows, accuracy, and how far trust has drifted from the month before."""

    name: str
    rows: int
    accuracy: float
    drift: float | None


def months(judged: Judged, rows: Dataset) -> list[Month]:
    """Return the months in order; drift is the population stability index of trust, .1 being noticeable."""
    named = np.array([_month(moment) for moment in rows.opened], dtype=object)
    found: list[Month] = []
    before: Floats | None = None
    for name in sorted(set(named.tolist()) - {""}):
        mine = named == name
        right = float((~judged.wrong[mine]).mean())
        drift = None if before is None else stability(before, judged.trust[mine])
        found.append(Month(name, int(mine.sum()), right, drift))
        before = judged.trust[mine]
    return found


def stability(before: Floats, after: Floats) -> float:
    """Return the population stability index between two samples, over ten equal parts of both together."""
    edges = np.quantile(np.concatenate([before, after]), np.linspace(0, 1, 11))[1:-1]
    shares = [
        (np.bincount(np.searchsorted(edges, one), minlength=10) + 0.5) / (len(one) + 5)
        for one in (before, after)
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _month(moment: float) -> str:
    return "" if np.isnan(moment) else f"{datetime.fromtimestamp(moment, UTC):%Y-%m}"


def settled(taught: Taught, judged: Judged, suspects: list[Finding], rows: Dataset) -> Certificate:
    """Return what would be certified if every suspect label turned out to be what the model says."""
    doubted = {one.number for one in suspects}
    wrong = judged.wrong & ~np.isin(rows.numbers.astype(str), sorted(doubted))
    acting = judged.guess != OTHER
    return certify(
        judged.trust[acting],
        wrong[acting],
        judged.guess[acting].tolist(),
        [label for label in taught.labels if label != OTHER],
        taught.certificate.contract,
    )


def confusions(judged: Judged) -> list[tuple[str, str, int]]:
    """Return the pairs of true and guessed label that are mixed up most, with their counts."""
    pairs = zip(judged.truth[judged.wrong].tolist(), judged.guess[judged.wrong].tolist(), strict=True)
    return [(truth, guess, times) for (truth, guess), times in Counter(pairs).most_common(15)]


def confident_errors(judged: Judged, rows: Dataset) -> list[Finding]:
    """Return the wrong guesses that were trusted most: the ones automation would have run."""
    wrong = np.flatnonzero(judged.wrong & (judged.guess != OTHER))
    worst = wrong[np.argsort(-judged.trust[wrong], kind="stable")][:_SHOWN]
    return [_finding(judged, rows, place) for place in worst.tolist()]


def suspect_labels(taught: Taught, rows: Dataset) -> list[Finding]:
    """Return rows whose given label the model of the other rows thinks impossible, surest first.

    A review list, not a correction: about a third of such rows are right as they are.
    """
    logs = taught.out_of_fold.logs
    places = {label: column for column, label in enumerate(taught.labels)}
    given = np.array([places[label] for label in rows.labels])
    doubted = np.exp(logs[np.arange(len(given)), given]) < _DOUBTED
    certain = np.exp(logs.max(axis=1))
    chosen = np.flatnonzero(doubted)
    chosen = chosen[np.argsort(-certain[chosen], kind="stable")][:_SHOWN]
    return [
        Finding(
            str(rows.numbers[place]),
            str(rows.labels[place]),
            taught.labels[int(logs[place].argmax())],
            float(certain[place]),
            _short(rows.texts[place]),
        )
        for place in chosen.tolist()
    ]


def _finding(judged: Judged, rows: Dataset, place: int) -> Finding:
    return Finding(
        str(rows.numbers[place]),
        str(judged.truth[place]),
        str(judged.guess[place]),
        float(judged.trust[place]),
        _short(rows.texts[place]),
    )


def _short(text: str) -> str:
    words = " ".join(without_marks(text)[0].split())
    return words if len(words) <= 240 else f"{words[:239]}…"
