"""Scores texts without scikit-learn objects: word -> feature ids, a few counts, one gather from the weights.

The probabilities equal those of the pipeline to 1e-6 (tested); one short ticket takes tens of microseconds
instead of tens of milliseconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log, sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.calibrate import Floats
from models.concepts import without_marks
from models.ngrams import char_grams, pairs, words

_CACHE_LIMIT: Final = 200_000  # tokens whose n-grams are remembered; a bound against hostile streams

Ids = NDArray[np.int32]

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


class Features(NamedTuple):
    """What is found in one text.

    Attributes:
        words: Its words, in order.
        tokens: Its white-space tokens.
        marks: Its marks (`models.concepts`).
        ids: Rows of the weights' matrix that it has, ascending.
        values: Their values: sublinear, idf-weighted, each block of features of unit length.
    """

    words: list[str]
    tokens: list[str]
    marks: list[str]
    ids: Ids
    values: Floats


@dataclass(frozen=True)
class Scorer:
    """Scores prepared texts; remembers the n-grams of tokens it has met."""

    weights: Weights
    _grams: dict[str, Ids] = field(default_factory=dict, repr=False)

    @cached_property
    def _bounds(self) -> Ids:
        """First id of the characters and of the marks: the blocks lie one behind the other."""
        chars = len(self.weights.word_ids)
        return np.array([chars, chars + len(self.weights.char_ids)], np.int32)

    def score(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return logits, shape (texts, labels), and readings (unseen share, words), shape (texts, 2)."""
        logits = np.empty((len(texts), len(self.weights.bias)))
        readings = np.empty((len(texts), 2))
        for at, text in enumerate(texts):
            logits[at], readings[at] = self._score(text)
        return logits, readings

    def features(self, text: str) -> Features:
        """Return what is found in a prepared text."""
        words_part, noted = without_marks(text)
        lowered = words_part.lower()
        found, tokens, marks = words(lowered), lowered.split(), noted.split()
        terms = known_ids((*found, *pairs(found)), self.weights.word_ids)
        grams = [self.grams(token) for token in tokens]
        notes = known_ids((*marks, *pairs(marks)), self.weights.mark_ids)
        return Features(found, tokens, marks, *self._weighed(np.concatenate([terms, *grams, notes])))

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
        gathered = self.weights.matrix.take(features.ids, axis=0)
        total: Floats = features.values.astype(np.float32) @ gathered + self.weights.bias
        return total, (self.unseen_share(features.words), float(len(features.words)))

    def _weighed(self, ids: Ids) -> tuple[Ids, Floats]:
        """Return distinct ids with their sublinear, idf-weighted values, each block of unit length."""
        total = len(ids)
        if not total:
            return ids, _NO_VALUES
        ids.sort()
        edges = np.ones(total + 1, dtype=bool)  # before the first, between two that differ, after the last
        np.not_equal(ids[1:], ids[:-1], out=edges[1:-1])
        places = edges.nonzero()[0]
        distinct = ids.take(places[:-1])
        values = self.weights.idf.take(distinct) * (1.0 + np.log(places[1:] - places[:-1]))
        chars, marks = distinct.searchsorted(self._bounds).tolist()
        for block in (values[:chars], values[chars:marks], values[marks:]):
            if len(block):
                np.divide(block, sqrt(block @ block), out=block)
        return distinct, values

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
