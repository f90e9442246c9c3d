"""What a person should look at after a training: confused labels, confident errors, doubtful labels."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from training.dataset import Dataset
from training.evaluate import Judged
from training.fit import Taught

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


def confusions(judged: Judged) -> list[tuple[str, str, int]]:
    """Return the pairs of true and guessed label that are mixed up most, with their counts."""
    pairs = zip(judged.truth[judged.wrong].tolist(), judged.guess[judged.wrong].tolist(), strict=True)
    return [(truth, guess, times) for (truth, guess), times in Counter(pairs).most_common(15)]


def confident_errors(judged: Judged, rows: Dataset) -> list[Finding]:
    """Return the wrong guesses that were trusted most: the ones automation would have run."""
    wrong = np.flatnonzero(judged.wrong & (judged.guess != "other"))
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
    words = " ".join(text.split())
    return words if len(words) <= 240 else f"{words[:239]}…"
