"""A trained model: ticket texts in, predictions out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict

from models.bulk import MANY, score_many
from models.calibrate import Floats, log_shares, tempered
from models.certificate import Certificate
from models.explain import spoken_words
from models.fast import Scorer, Weights
from models.labels import OTHER
from models.prediction import Alternative, Prediction
from models.text import TicketText, prepare
from models.trust import Trust, signals

WORDS_SHOWN: Final = 8
ALTERNATIVES_SHOWN: Final = 3


class Facts(BaseModel):
    """What a version knows beside its weights.

    Attributes:
        version: Name of the version; unique and never reused.
        created_at: When it was trained, UTC.
        labels: Labels in the order of the weights' columns.
        temperature: Sharpens or softens the shares into probabilities.
        trust: What gates automation.
        novelty: The same kind of model for "no ticket like this was ever shown".
        certificate: The contract with the thresholds it allows.
        rows: Number of training texts.
    """

    model_config = ConfigDict(frozen=True)

    version: str
    created_at: datetime
    labels: tuple[str, ...]
    temperature: float
    trust: Trust
    novelty: Trust
    certificate: Certificate
    rows: int


@dataclass(frozen=True)
class Scores:
    """What the numbers say about many texts: one row a text.

    Attributes:
        logs: Log-probability of each label, shape (texts, labels).
        trust: 0..1, shape (texts,).
        novelty: 0..1, shape (texts,).
    """

    logs: Floats
    trust: Floats
    novelty: Floats


@dataclass(frozen=True)
class Model:
    """A version that can predict; make it with `models.registry.Registry` or `models.artefact.load`."""

    facts: Facts
    weights: Weights

    @property
    def version(self) -> str:
        """Name of the version."""
        return self.facts.version

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels the model can give."""
        return self.facts.labels

    @cached_property
    def thresholds(self) -> Mapping[str, float | None]:
        """Trust that each label has to reach; None or absent: the label stays with people."""
        return {label: gate.threshold for label, gate in self.facts.certificate.gates.items()}

    @cached_property
    def scorer(self) -> Scorer:
        """The fast path over this model's weights."""
        return Scorer(self.weights)

    @cached_property
    def _other(self) -> int | None:
        return self.labels.index(OTHER) if OTHER in self.labels else None

    def score(self, texts: Sequence[str]) -> Scores:
        """Score prepared texts (see `models.text.prepare`)."""
        many = len(texts) >= MANY
        logits, reading = score_many(self.scorer, texts) if many else self.scorer.score(texts)
        shares = log_shares(logits)
        logs = tempered(shares, self.facts.temperature)
        numbers = signals(logits, shares, logs, reading, self._other)
        guess = logs.argmax(axis=1)
        return Scores(logs, self.facts.trust.apply(numbers, guess), self.facts.novelty.apply(numbers, guess))

    def predict(self, rows: Sequence[TicketText], *, words: int = WORDS_SHOWN) -> list[Prediction]:
        """Return one prediction a ticket, with at most `words` words that spoke (0 saves their time).

        A ticket without any text is `other`, with no confidence and full novelty.
        """
        if not rows:
            return []
        texts = [prepare(row) for row in rows]
        scores = self.score(texts)
        return [self._prediction(text, scores, at, words) for at, text in enumerate(texts)]

    def _prediction(self, text: str, scores: Scores, at: int, words: int) -> Prediction:
        if not text.strip():
            return Prediction(label=OTHER, confidence=0.0, accepted=False, novelty=1.0, model=self.version)
        logs = scores.logs[at]
        order = np.argsort(-logs, kind="stable")[: ALTERNATIVES_SHOWN + 1].tolist()
        label, trust = self.labels[order[0]], float(scores.trust[at])
        threshold = self.thresholds.get(label)
        return Prediction(
            label=label,
            confidence=_rounded(np.exp(logs[order[0]])),
            accepted=threshold is not None and trust >= threshold and label != OTHER,
            novelty=_rounded(scores.novelty[at]),
            alternatives=tuple(
                Alternative(label=self.labels[column], confidence=_rounded(np.exp(logs[column])))
                for column in order[1:]
            ),
            words=spoken_words(self.scorer, text, order[0], words) if words else (),
            model=self.version,
            trust=round(trust, 6),
            threshold=threshold,
        )


def _rounded(probability: float) -> float:
    return round(min(1.0, max(0.0, float(probability))), 4)
