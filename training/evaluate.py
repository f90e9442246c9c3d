"""Measures predictions on labelled rows: the metrics of `train` and `evaluate` (interfaces, section 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import f1_score, roc_auc_score

from models.certificate import Certificate
from models.labels import OTHER
from models.thresholds import precision_low

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Names = NDArray[np.object_]
_BINS = 15


@dataclass(frozen=True)
class Judged:
    """Predictions beside the truth; every attribute has one entry a row.

    Attributes:
        truth: True labels.
        guess: Predicted labels.
        confidence: Probability of the guess, 0..1.
        trust: What gates automation, 0..1.
        novelty: 0..1.
        accepted: Whether the row may run by itself.
    """

    truth: Names
    guess: Names
    confidence: Floats
    trust: Floats
    novelty: Floats
    accepted: Bools

    @property
    def wrong(self) -> Bools:
        """Whether the guess is not the truth."""
        return np.asarray(self.truth != self.guess)


class LabelMetrics(BaseModel):
    """How one label does; precision and coverage speak of its accepted rows, recall of all."""

    model_config = ConfigDict(frozen=True)

    rows: int
    precision: float | None
    recall: float | None
    threshold: float | None
    coverage: float
    precision_low: float
    missing: int = 0


class ContractMetrics(BaseModel):
    """The contract, and how it was kept on these rows."""

    model_config = ConfigDict(frozen=True)

    max_wrong: float
    assurance: float
    coverage: float
    wrong_rate: float
    accepted: int
    wrong: int


class Metrics(BaseModel):
    """Everything that is measured.

    `per_language` is the accuracy by language; `intervals` are 95 % bootstrap intervals by name of a figure.
    `coverage_at_risk` is the largest share of the rows with an intent that could be accepted, most trusted
    first, with at most that share wrong among the accepted; a row labelled `other` counts as wrong there.
    `newest` is the contract on the newest rows, by a model of the older ones; None without times.
    """

    model_config = ConfigDict(frozen=True)

    rows: int
    labels: int
    accuracy: float
    macro_f1: float
    ece: float
    aurc: float
    coverage_at_risk: Mapping[str, float]
    contract: ContractMetrics
    novelty_auroc: float | None
    per_label: Mapping[str, LabelMetrics]
    per_language: Mapping[str, float] = {}
    intervals: Mapping[str, tuple[float, float]] = {}
    newest: ContractMetrics | None = None
    seconds: float
    peak_mib: float


def measure(
    judged: Judged, certificate: Certificate, languages: Names, *, seconds: float, peak_mib: float
) -> Metrics:
    """Return the metrics of judged rows, each of a language ('' if unknown), under a model's certificate."""
    labels = sorted(set(judged.truth.tolist()))
    accepted, wrong = int(judged.accepted.sum()), int((judged.accepted & judged.wrong).sum())
    contract = ContractMetrics(
        max_wrong=certificate.contract.max_wrong,
        assurance=certificate.contract.assurance,
        coverage=_share(accepted, int((judged.truth != OTHER).sum())),
        wrong_rate=_share(wrong, accepted),
        accepted=accepted,
        wrong=wrong,
    )
    return Metrics(
        rows=len(judged.truth),
        labels=len(labels),
        accuracy=float((~judged.wrong).mean()),
        macro_f1=float(
            f1_score(judged.truth.astype(str), judged.guess.astype(str), average="macro", zero_division=0)
        ),
        ece=calibration_error(judged.confidence, ~judged.wrong),
        aurc=risk_area(judged),
        coverage_at_risk={str(risk): coverage_at_risk(judged, risk) for risk in (0.01, 0.005)},
        contract=contract,
        novelty_auroc=novelty_auroc(judged),
        per_label={label: _label_metrics(label, judged, certificate) for label in labels},
        per_language={
            str(lang): float((~judged.wrong[languages == lang]).mean())
            for lang in sorted(set(languages) - {""})
        },
        intervals=intervals(judged),
        seconds=round(seconds, 3),
        peak_mib=round(peak_mib, 1),
    )


def intervals(judged: Judged, draws: int = 200) -> dict[str, tuple[float, float]]:
    """Return 95 % bootstrap intervals of accuracy, of coverage and of the share wrong among accepted rows."""
    rng = np.random.default_rng(0)
    intents = judged.truth != OTHER
    found = []
    for _ in range(draws):
        rows = rng.integers(0, len(intents), len(intents))
        taken, wrong = judged.accepted[rows], judged.wrong[rows]
        found.append(
            (
                float((~wrong).mean()),
                _share(int(taken.sum()), int(intents[rows].sum())),
                _share(int((taken & wrong).sum()), int(taken.sum())),
            )
        )
    low, high = np.quantile(np.array(found), (0.025, 0.975), axis=0)
    names_ = ("accuracy", "coverage", "wrong_rate")
    return {name: (float(a), float(b)) for name, a, b in zip(names_, low, high, strict=True)}


def calibration_error(confidence: Floats, right: Bools) -> float:
    """Return the expected calibration error over 15 equal bins of confidence, 0..1."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = (
        abs(float(confidence[bins == one].mean()) - float(right[bins == one].mean()))
        * float((bins == one).mean())
        for one in np.unique(bins)
    )
    return float(sum(gaps))


def risk_area(judged: Judged) -> float:
    """Return the area under the risk-coverage curve of all rows by confidence; smaller is better."""
    order = np.argsort(-judged.confidence, kind="stable")
    return float((np.cumsum(judged.wrong[order]) / np.arange(1, len(order) + 1)).mean())


def coverage_at_risk(judged: Judged, risk: float) -> float:
    """Return the coverage that a perfectly chosen threshold on trust would reach at that risk, 0..1."""
    acting = np.flatnonzero(judged.guess != OTHER)
    order = acting[np.argsort(-judged.trust[acting], kind="stable")]
    errors = np.cumsum(judged.wrong[order])
    fine = np.flatnonzero(errors <= risk * np.arange(1, len(order) + 1))
    return _share(int(fine[-1]) + 1 if len(fine) else 0, int((judged.truth != OTHER).sum()))


def novelty_auroc(judged: Judged) -> float | None:
    """Return how well distrust tells rows without an intent from those with one; None if one kind is missing.

    A row counts as the less automatable the less it is trusted; a guess of `other` is the most certain no.
    """
    outside = judged.truth == OTHER
    if outside.all() or not outside.any():
        return None
    doubt = np.where(judged.guess == OTHER, 2.0 - judged.trust * 0.5, 1.0 - judged.trust)
    return float(roc_auc_score(outside, doubt))


def _label_metrics(label: str, judged: Judged, certificate: Certificate) -> LabelMetrics:
    mine, guessed = judged.truth == label, judged.guess == label
    taken = guessed & judged.accepted
    accepted, wrong = int(taken.sum()), int((taken & judged.wrong).sum())
    gate = certificate.gates.get(label)
    return LabelMetrics(
        rows=int(mine.sum()),
        precision=_ratio(int((guessed & mine).sum()), int(guessed.sum())),
        recall=_ratio(int((guessed & mine).sum()), int(mine.sum())),
        threshold=gate.threshold if gate else None,
        coverage=_share(int((taken & mine).sum()), int(mine.sum())),
        precision_low=precision_low(accepted, wrong, certificate.contract.assurance),
        missing=gate.missing if gate else 0,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def names(labels: Sequence[str]) -> Names:
    """Return labels as an array that compares element by element."""
    return np.array(list(labels), dtype=object)
