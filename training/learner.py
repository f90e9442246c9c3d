"""Fits the base model on chosen rows of counted texts, and scores other rows with it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelBinarizer

from models.calibrate import Floats
from models.concepts import annotate
from models.pipeline import BLOCKS, MARK_WEIGHT, MIN_ROWS, build_head, build_pipeline, columns
from training.counts import Counts, Weighing, weigh

Ints = NDArray[np.int64]

# Gives the column transformer its shape (and a sparse output); what it learns here is replaced at once.
_FITTING = [annotate(text) for text in ("reset", "reset", "unlock", "unlock")]


@dataclass(frozen=True)
class Fit:
    """A base model fitted on some rows.

    Attributes:
        weighings: Weighing of each block of features (words, characters, marks).
        heads: One binary classifier a label, in label order.
        rows: Number of rows it was fitted on.
    """

    weighings: tuple[Weighing, ...]
    heads: list[LogisticRegression]
    rows: int


def fit(counts: Counts, rows: Ints, truth: Ints, labels: int, weights: Floats, seed: int) -> Fit:
    """Fit one-vs-rest logistic regressions on `rows`.

    Args:
        counts: Counted texts.
        rows: Rows to learn from.
        truth: Label column of every row of `counts`.
        labels: Number of labels; one that no row has gets a head that always says no.
        weights: Weight of every row of `counts`.
        seed: Seed of the dual solver. It draws from one generator of the process, so heads are fitted one
            after the other; parallel work goes by process.
    """
    weighings = tuple(weigh(block[rows], MIN_ROWS) for block in counts.blocks)
    matrix = features(counts, rows, weighings)
    wanted, heavy = truth[rows], weights[rows]
    heads = [_head(matrix, wanted == label, heavy, seed) for label in range(labels)]
    return Fit(weighings, heads, len(rows))


def features(counts: Counts, rows: Ints, weighings: tuple[Weighing, ...]) -> csr_matrix:
    """Return the weighed features of `rows`, block beside block."""
    parts = [one.apply(block[rows]) for one, block in zip(weighings, counts.blocks, strict=True)]
    parts[BLOCKS.index("marks")] *= MARK_WEIGHT
    return sparse.hstack(parts).tocsr()


def score(counts: Counts, rows: Ints, fitted: Fit) -> tuple[Floats, Floats]:
    """Return logits, shape (rows, labels), and readings (unseen share, words), shape (rows, 2)."""
    matrix = features(counts, rows, fitted.weighings)
    coefficients = np.vstack([head.coef_[0] for head in fitted.heads])
    bias = np.array([head.intercept_[0] for head in fitted.heads])
    return np.asarray(matrix @ coefficients.T) + bias, _readings(counts, rows, fitted)


def assembled(counts: Counts, fitted: Fit, names: tuple[str, ...], seed: int) -> Pipeline:
    """Return the fit as the scikit-learn pipeline it is equal to."""
    pipeline = build_pipeline(seed, marks=bool(len(fitted.weighings[2].columns)))
    union = pipeline["features"].fit(columns(_FITTING))
    fitted_blocks = []
    for (name, part, column), terms, weighing in zip(
        union.transformers, counts.terms, fitted.weighings, strict=False
    ):
        part.vocabulary_ = {terms[place]: at for at, place in enumerate(weighing.columns.tolist())}
        part.fixed_vocabulary_ = False
        part.idf_ = weighing.idf
        fitted_blocks.append((name, part, column))
    union.transformers_ = fitted_blocks
    head: OneVsRestClassifier = pipeline["head"]
    head.estimators_ = fitted.heads if len(names) > 2 else fitted.heads[1:]
    head.label_binarizer_ = LabelBinarizer(sparse_output=True).fit(list(names))
    return pipeline


def _head(matrix: csr_matrix, positive: NDArray[np.bool_], weights: Floats, seed: int) -> LogisticRegression:
    head: LogisticRegression = build_head(seed).estimator
    if positive.any() and not positive.all():
        return head.fit(matrix, positive, sample_weight=weights)
    head.classes_ = np.array([False, True])
    head.coef_ = np.zeros((1, matrix.shape[1]))
    head.intercept_ = np.array([10.0 if positive.any() else -10.0])
    return head


def _readings(counts: Counts, rows: Ints, fitted: Fit) -> Floats:
    """Return what `models.fast.Scorer` reads beside the logits, for many rows at once."""
    single = np.array([" " not in term for term in counts.terms[0]])
    rarest = np.log(1.0 + fitted.rows) + 1.0
    seen, unseen = np.zeros(len(single)), np.where(single, rarest, 0.0)
    seen[fitted.weighings[0].columns] = fitted.weighings[0].idf
    unseen[fitted.weighings[0].columns] = 0.0
    seen[~single] = 0.0
    chosen = counts.blocks[0][rows]
    present = chosen.astype(bool).astype(np.float64)
    known, strange = present @ seen, present @ unseen
    whole = known + strange
    share = np.divide(strange, whole, out=np.ones_like(strange), where=whole > 0)
    return np.stack([share, np.asarray(chosen @ single.astype(np.float64))], axis=1)
