"""Puts what a model says about labelled rows beside the truth."""

import numpy as np

from models.certificate import Certificate
from models.labels import OTHER
from models.model import Model, Scores
from training.dataset import Dataset
from training.evaluate import Bools, Floats, Judged, Names, names
from training.fit import Taught
from training.scoring import Scored


def judge_model(model: Model, data: Dataset) -> Judged:
    """Score a dataset with a model."""
    return _judged(model.score(data.texts.tolist()), model.labels, model.facts.certificate, data)


def judge_scored(taught: Taught, scored: Scored) -> Judged:
    """Put the out-of-fold or newest rows of a training beside their labels."""
    return _judged(scored, taught.labels, taught.certificate, taught.rows.at(scored.rows))


def _judged(
    scores: Scores | Scored, labels: tuple[str, ...], certificate: Certificate, data: Dataset
) -> Judged:
    guess = names(labels)[scores.logs.argmax(axis=1)]
    return Judged(
        truth=data.labels,
        guess=guess,
        confidence=np.exp(scores.logs.max(axis=1)),
        trust=scores.trust,
        novelty=scores.novelty,
        accepted=accepted_under(certificate, guess, scores.trust),
    )


def accepted_under(certificate: Certificate, guess: Names, trust: Floats) -> Bools:
    """Say which rows may run by themselves: an intent whose gate is open, and at least its trust."""
    gates = certificate.gates
    limits = np.array([_limit(gates[name].threshold if name in gates else None) for name in guess])
    return np.asarray((trust >= limits) & (guess != OTHER))


def _limit(threshold: float | None) -> float:
    return np.inf if threshold is None else threshold
