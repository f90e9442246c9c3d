"""Scores many texts at once: one sparse product a block instead of a gather a text."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix

from models.calibrate import Floats
from models.concepts import without_marks
from models.fast import Ids, Scorer, known_ids
from models.ngrams import pairs, words

MANY: Final = 32
"""Number of texts from which this beats `Scorer.score`."""

_NONE: Ids = np.empty(0, np.int32)


def score_many(scorer: Scorer, texts: Sequence[str]) -> tuple[Floats, Floats]:
    """Return what `Scorer.score` returns, for many texts several times as fast."""
    weights = scorer.weights
    in_words: list[Ids] = []
    in_chars: list[Ids] = []
    in_marks: list[Ids] = []
    readings = np.empty((len(texts), 2))
    for at, text in enumerate(texts):
        plain, marks = without_marks(text)
        lowered = plain.lower()
        found, noted = words(lowered), marks.split()
        grams = [scorer.grams(token) for token in lowered.split()]
        in_words.append(known_ids((*found, *pairs(found)), weights.word_ids))
        in_chars.append(np.concatenate(grams) if grams else _NONE)
        in_marks.append(known_ids((*noted, *pairs(noted)), weights.mark_ids))
        readings[at] = scorer.unseen_share(found), len(found)
    logits = np.tile(weights.bias, (len(texts), 1))
    for block in (in_words, in_chars, in_marks):
        logits += _weighed(block, weights.idf) @ weights.matrix
    return logits, readings


def _weighed(rows: list[Ids], idf: Floats) -> csr_matrix:
    """Return sublinear, idf-weighted rows of unit length."""
    starts = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    ids = np.concatenate(rows)
    matrix = csr_matrix((np.ones(len(ids)), ids, starts), shape=(len(rows), len(idf)))
    matrix.sum_duplicates()
    matrix.data = (1.0 + np.log(matrix.data)) * idf[matrix.indices]
    row = np.repeat(np.arange(len(rows)), np.diff(matrix.indptr))
    lengths = np.sqrt(np.bincount(row, matrix.data**2))
    matrix.data = (matrix.data / lengths[row]).astype(np.float32)
    return matrix  # in the precision of the weights, or the product would copy them
