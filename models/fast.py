"""Scores texts without scikit-learn objects: word -> feature ids, a few counts, one gather from the weights.

The probabilities equal those of the pipeline to 1e-6 (tested); one short ticket takes tens of microseconds
instead of tens of milliseconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.calibrate import Floats
from models.concepts import without_marks
from models.ngrams import char_grams, pairs, words

_CACHE_LIMIT: Final = 200_000  # tokens whose n-grams are remembered; a bound against hostile streams

Ids = NDArray[np.int32]

_NONE: Ids = np.empty(0, np.int32)
_NO_VALUES: Floats = np.empty(0)


@dataclass(frozen=True)
class Weights:
    """What a fitted pipeline knows, packed.

    Attributes:
        word_ids: Word or word pair to row of `matrix`.
        char_ids: Character n-gram to row of `matrix`.
        mark_ids: Mark or pair of marks (`models.concepts`) to row of `matrix`.
        idf: Inverse document frequency of each row, shape (features,).
        matrix: Weight of each feature for each label, float32, C order, shape (features, labels).
        bias: Intercept of each label, shape (labels,).
        rows: Number of texts the idf was learnt on.
    """

    word_ids: Mapping[str, int]
    char_ids: Mapping[str, int]
    mark_ids: Mapping[str, int]
    idf: NDArray[np.float64]
    matrix: NDArray[np.float32]
    bias: Floats
    rows: int


@dataclass(frozen=True, slots=True)
class Features:
    """What is found in one text: its words, white-space tokens and marks, and each block's ids and values."""

    words: list[str]
    tokens: list[str]
    marks: list[str]
    of_words: tuple[Ids, Floats]
    of_chars: tuple[Ids, Floats]
    of_marks: tuple[Ids, Floats]


@dataclass(frozen=True)
class Scorer:
    """Scores prepared texts; remembers the n-grams of tokens it has met."""

    weights: Weights
    _grams: dict[str, Ids] = field(default_factory=dict, repr=False)

    def score(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return logits, shape (texts, labels), and readings (unseen share, words), shape (texts, 2)."""
        logits = np.empty((len(texts), len(self.weights.bias)))
        readings = np.empty((len(texts), 2))
        for at, text in enumerate(texts):
            logits[at], readings[at] = self._score(text)
        return logits, readings

    def features(self, text: str) -> Features:
        """Return what is found in a prepared text."""
        words_part, marks = without_marks(text)
        lowered = words_part.lower()
        found, noted = words(lowered), marks.split()
        tokens = lowered.split()
        grams = [self.grams(token) for token in tokens]
        return Features(
            words=found,
            tokens=tokens,
            marks=noted,
            of_words=self._weighed(known_ids((*found, *pairs(found)), self.weights.word_ids)),
            of_chars=self._weighed(np.concatenate(grams) if grams else _NONE),
            of_marks=self._weighed(known_ids((*noted, *pairs(noted)), self.weights.mark_ids)),
        )

    def grams(self, token: str) -> Ids:
        """Return the feature ids of a white-space token's n-grams, known ones only, with repeats."""
        ids = self._grams.get(token)
        if ids is None:
            known = self.weights.char_ids
            ids = np.array([known[gram] for gram in char_grams(token) if gram in known], np.int32)
            if len(self._grams) < _CACHE_LIMIT:
                self._grams[token] = ids
        return ids

    def _score(self, text: str) -> tuple[Floats, tuple[float, float]]:
        features = self.features(text)
        blocks = (features.of_words, features.of_chars, features.of_marks)
        ids = np.concatenate([block[0] for block in blocks])
        values = np.concatenate([block[1] for block in blocks]).astype(np.float32)
        total: Floats = values @ self.weights.matrix.take(ids, axis=0) + self.weights.bias
        return total, (self.unseen_share(features.words), float(len(features.words)))

    def _weighed(self, ids: Ids) -> tuple[Ids, Floats]:
        """Return distinct ids with their sublinear, idf-weighted, unit-length values."""
        total = len(ids)
        if not total:
            return _NONE, _NO_VALUES
        ids = np.sort(ids)
        first = np.empty(total, dtype=bool)
        first[0] = True
        np.not_equal(ids[1:], ids[:-1], out=first[1:])
        starts = first.nonzero()[0]
        distinct = ids.take(starts)
        values = self.weights.idf.take(distinct)
        if len(starts) < total:
            ends = np.append(starts[1:], total)
            values = values * (1.0 + np.log(ends - starts))
        return distinct, values / sqrt(values @ values)

    def unseen_share(self, found: list[str]) -> float:
        """Return the share of the text's distinct words, weighted by idf, that no training text had."""
        idf, known = self.weights.idf, self.weights.word_ids
        rarest = log(1.0 + self.weights.rows) + 1.0
        seen = unseen = 0.0
        for word in set(found):
            if (place := known.get(word)) is None:
                unseen += rarest
            else:
                seen += idf.item(place)
        return unseen / (seen + unseen) if seen + unseen else 1.0


def known_ids(terms: Iterable[str], ids: Mapping[str, int]) -> Ids:
    """Return the feature ids of the terms that are known, with repeats."""
    return np.array([ids[term] for term in terms if term in ids], np.int32)
