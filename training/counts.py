"""Counts features of many texts at once, and weighs any subset of them by TF-IDF without reading again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csr_matrix

from models.ngrams import char_grams, pairs, words


@dataclass(frozen=True)
class Counts:
    """How often each feature stands in each text: rows are texts, columns terms.

    Attributes:
        words: Counts of words and word pairs, shape (texts, word terms).
        chars: Counts of character n-grams, shape (texts, char terms).
        word_terms: Name of each column of `words`.
        char_terms: Name of each column of `chars`.
    """

    words: csr_matrix
    chars: csr_matrix
    word_terms: list[str]
    char_terms: list[str]


@dataclass(frozen=True)
class Weighing:
    """A TF-IDF weighing learnt on some rows: which columns count and how much.

    Attributes:
        columns: Columns of the counts that occur in at least two of the rows.
        idf: Their inverse document frequency, smoothed as in scikit-learn.
    """

    columns: NDArray[np.int64]
    idf: NDArray[np.float64]

    def apply(self, counts: csr_matrix) -> csr_matrix:
        """Return TF-IDF of `counts`: sublinear term frequency, rows of unit length."""
        chosen = counts[:, self.columns].astype(np.float64)
        chosen.data = (1.0 + np.log(chosen.data)) * self.idf[chosen.indices]
        lengths = np.sqrt(np.asarray(chosen.multiply(chosen).sum(axis=1)).ravel())
        lengths[lengths == 0] = 1.0
        chosen.data /= np.repeat(lengths, np.diff(chosen.indptr))
        return chosen


def weigh(counts: csr_matrix, min_rows: int = 2) -> Weighing:
    """Learn a weighing from the rows of `counts`; terms in fewer than `min_rows` rows are left out."""
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    columns = np.flatnonzero(frequency >= min_rows)
    idf = np.log((1.0 + counts.shape[0]) / (1.0 + frequency[columns])) + 1.0
    return Weighing(columns, idf)


def count(texts: Sequence[str]) -> Counts:
    """Count the features of `texts` (lower-cased here)."""
    word_ids: dict[str, int] = {}
    token_ids: dict[str, int] = {}
    word_rows, token_rows = [], []
    for text in texts:
        lowered = text.lower()
        found = words(lowered)
        word_rows.append([word_ids.setdefault(term, len(word_ids)) for term in (*found, *pairs(found))])
        token_rows.append([token_ids.setdefault(token, len(token_ids)) for token in lowered.split()])
    gram_ids: dict[str, int] = {}
    gram_rows = [
        [gram_ids.setdefault(gram, len(gram_ids)) for gram in char_grams(token)] for token in token_ids
    ]
    tokens = _tally(token_rows, len(token_ids))
    chars = (tokens @ _tally(gram_rows, len(gram_ids))).tocsr()
    chars.sort_indices()
    return Counts(_tally(word_rows, len(word_ids)), chars, list(word_ids), list(gram_ids))


def _tally(rows: Sequence[Sequence[int]], width: int) -> csr_matrix:
    """Return a count matrix of lists of column numbers."""
    lengths = np.fromiter((len(row) for row in rows), np.int64, len(rows))
    columns = np.fromiter((column for row in rows for column in row), np.int32, int(lengths.sum()))
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    matrix = sparse.csr_matrix((np.ones(len(columns), np.int32), columns, indptr), shape=(len(rows), width))
    matrix.sum_duplicates()
    return matrix
