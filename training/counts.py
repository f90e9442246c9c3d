"""Counts features of many texts at once, and weighs any subset of them by TF-IDF without reading again."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csr_matrix

from models.concepts import without_marks
from models.ngrams import char_grams, pairs, words


@dataclass(frozen=True)
class Counts:
    """How often each feature stands in each text: rows are texts, columns terms.

    Attributes:
        blocks: Counts of words and pairs, of character n-grams and of marks, each of shape (texts, terms).
        terms: Names of the columns of each block.
    """

    blocks: tuple[csr_matrix, csr_matrix, csr_matrix]
    terms: tuple[list[str], list[str], list[str]]

    def entries(self) -> NDArray[np.int64]:
        """Return how many features stand in each text."""
        return np.asarray(sum(np.diff(block.indptr).astype(np.int64) for block in self.blocks))


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
        squares = csr_matrix((chosen.data**2, chosen.indices, chosen.indptr), shape=chosen.shape)
        lengths = np.sqrt(np.asarray(squares.sum(axis=1)).ravel())
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
    """Count the features of prepared texts (lower-cased here)."""
    word_ids: dict[str, int] = {}
    token_ids: dict[str, int] = {}
    mark_ids: dict[str, int] = {}
    gram_ids: dict[str, int] = {}
    word_rows, token_rows, mark_rows = [], [], []
    for text in texts:
        plain, marks = without_marks(text)
        lowered = plain.lower()
        word_rows.append(_ids(_with_pairs(words(lowered)), word_ids))
        token_rows.append(_ids(lowered.split(), token_ids))
        mark_rows.append(_ids(_with_pairs(marks.split()), mark_ids))
    gram_rows = [_ids(char_grams(token), gram_ids) for token in token_ids]
    chars = (_tally(token_rows, len(token_ids)) @ _tally(gram_rows, len(gram_ids))).tocsr()
    chars.sort_indices()
    blocks = (_tally(word_rows, len(word_ids)), chars, _tally(mark_rows, len(mark_ids)))
    single = np.array([" " not in word for word in word_ids], dtype=bool)
    kept = [_often(blocks[0]) | single, _often(blocks[1]), _often(blocks[2])]
    return Counts(
        (_compact(blocks[0], kept[0]), _compact(blocks[1], kept[1]), _compact(blocks[2], kept[2])),
        (
            list(compress(word_ids, kept[0])),
            list(compress(gram_ids, kept[1])),
            list(compress(mark_ids, kept[2])),
        ),
    )


def _often(counts: csr_matrix) -> NDArray[np.bool_]:
    """Say which terms stand in two texts or more; the others never become features of any of these rows.

    Single words are kept all the same: they tell how much of a text was never seen.
    """
    return np.asarray(np.bincount(counts.indices, minlength=counts.shape[1]) > 1)


def _compact(counts: csr_matrix, kept: NDArray[np.bool_]) -> csr_matrix:
    return counts[:, np.flatnonzero(kept)].astype(np.uint16)


def _with_pairs(found: list[str]) -> list[str]:
    return found + pairs(found)


def _ids(terms: list[str], ids: dict[str, int]) -> list[int]:
    return [ids.setdefault(term, len(ids)) for term in terms]


def _tally(rows: Sequence[Sequence[int]], width: int) -> csr_matrix:
    """Return a count matrix of lists of column numbers."""
    lengths = np.fromiter((len(row) for row in rows), np.int64, len(rows))
    columns = np.fromiter((column for row in rows for column in row), np.int32, int(lengths.sum()))
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    matrix = sparse.csr_matrix((np.ones(len(columns), np.int32), columns, indptr), shape=(len(rows), width))
    matrix.sum_duplicates()
    return matrix
