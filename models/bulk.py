"""Scores many texts at once: one sparse product a block instead of a gather a text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix

from models.calibrate import Floats
from models.concepts import without_marks
from models.fast import Ids, Scorer
from models.ngrams import pairs, words

MANY: Final = 32
"""Number of texts from which this beats `Scorer.score`."""


@dataclass
class _Block:
    """The features of one kind in text after text: ids one behind the other, and how many each text has."""

    ids: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def add(self, found: list[int]) -> None:
        """Take the features of the next text, with repeats."""
        self.ids += found
        self.sizes.append(len(found))


def score_many(scorer: Scorer, texts: Sequence[str]) -> tuple[Floats, Floats]:
    """Return what `Scorer.score` returns, for many texts several times as fast."""
    weights = scorer.weights
    known, noticed = weights.word_ids, weights.mark_ids
    in_words, in_marks = _Block(), _Block()
    in_chars: list[Ids] = []
    chars_each: list[int] = []
    readings = np.empty((len(texts), 2))
    for at, text in enumerate(texts):
        plain, marks = without_marks(text)
        lowered = plain.lower()
        found, noted = words(lowered), marks.split()
        grams = [scorer.grams(token) for token in lowered.split()]
        in_words.add([known[term] for term in (*found, *pairs(found)) if term in known])
        in_marks.add([noticed[term] for term in (*noted, *pairs(noted)) if term in noticed])
        in_chars += grams
        chars_each.append(sum(map(len, grams)))
        readings[at] = scorer.unseen_share(found), len(found)
    logits = np.tile(weights.bias, (len(texts), 1))
    for ids, sizes in (
        (np.array(in_words.ids, np.int32), in_words.sizes),
        (np.concatenate([np.empty(0, np.int32), *in_chars]), chars_each),
        (np.array(in_marks.ids, np.int32), in_marks.sizes),
    ):
        logits += _weighed(ids, sizes, weights.idf) @ weights.matrix
    return logits, readings


def _weighed(ids: Ids, sizes: Sequence[int], idf: Floats) -> csr_matrix:
    """Return sublinear, idf-weighted rows of unit length."""
    starts = np.concatenate(([0], np.cumsum(sizes)))
    matrix = csr_matrix((np.ones(len(ids)), ids, starts), shape=(len(sizes), len(idf)))
    matrix.sum_duplicates()
    matrix.data = (1.0 + np.log(matrix.data)) * idf[matrix.indices]
    row = np.repeat(np.arange(len(sizes)), np.diff(matrix.indptr))
    lengths = np.sqrt(np.bincount(row, matrix.data**2))
    matrix.data = (matrix.data / lengths[row]).astype(np.float32)
    return matrix  # in the precision of the weights, or the product would copy them
