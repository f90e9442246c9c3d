"""The base model as scikit-learn objects: the source of truth that skops stores and the fast path mirrors."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline

from models.concepts import PATTERN, without_marks
from models.fast import Weights
from models.ngrams import CHAR_RANGE, MARK_RANGE, WORD_PATTERN, WORD_RANGE

MIN_ROWS: Final = 2
"""A term that stands in fewer texts is noise or a name and gets no feature."""

BLOCKS: Final = ("words", "chars", "marks")

MARK_WEIGHT: Final = 0.3
"""Weight of the marks beside words and n-grams: more helps small languages and costs English."""


def build_pipeline(seed: int, *, marks: bool) -> Pipeline:
    """Return the unfitted pipeline: TF-IDF of words, n-grams and marks, one-vs-rest logistic regression.

    It takes the two columns of `columns`; without `marks` it looks at the first only. The dual solver stops
    well before the primal one, at the same accuracy and ranking.
    """
    blocks = [("words", word_features(), 0), ("chars", char_features(), 0), ("marks", mark_features(), 1)]
    union = ColumnTransformer(blocks if marks else blocks[:2], transformer_weights={"marks": MARK_WEIGHT})
    return Pipeline([("features", union), ("head", build_head(seed))])


def columns(texts: Sequence[str]) -> NDArray[np.object_]:
    """Return prepared texts as the pipeline takes them: words and marks, shape (texts, 2)."""
    return np.array([without_marks(text) for text in texts], dtype=object).reshape(len(texts), 2)


def word_features() -> TfidfVectorizer:
    """Return the unfitted vectoriser of words and word pairs."""
    return TfidfVectorizer(
        ngram_range=WORD_RANGE, sublinear_tf=True, min_df=MIN_ROWS, token_pattern=WORD_PATTERN
    )


def char_features() -> TfidfVectorizer:
    """Return the unfitted vectoriser of character n-grams within words."""
    return TfidfVectorizer(analyzer="char_wb", ngram_range=CHAR_RANGE, sublinear_tf=True, min_df=MIN_ROWS)


def mark_features() -> TfidfVectorizer:
    """Return the unfitted vectoriser of marks and pairs of marks (`models.concepts`)."""
    return TfidfVectorizer(ngram_range=MARK_RANGE, sublinear_tf=True, min_df=MIN_ROWS, token_pattern=PATTERN)


def build_head(seed: int) -> OneVsRestClassifier:
    """Return the unfitted classifier of one label against the rest."""
    return OneVsRestClassifier(
        LogisticRegression(C=15, solver="liblinear", dual=True, tol=0.03, random_state=seed)
    )


def packed(pipeline: Pipeline, rows: int) -> Weights:
    """Return what the fitted pipeline knows in the form the fast path reads; `rows` is its training size."""
    parts = [part for _, part, _ in pipeline["features"].transformers_]
    shifts = np.cumsum([0, *(len(part.vocabulary_) for part in parts), 0])
    ids: list[dict[str, int]] = [{}, {}, {}]
    for block, (part, shift) in enumerate(zip(parts, shifts, strict=False)):
        ids[block] = {term: int(place + shift) for term, place in part.vocabulary_.items()}
    estimators = pipeline["head"].estimators_
    matrix = np.vstack([one.coef_[0] for one in estimators]).T
    bias = np.array([one.intercept_[0] for one in estimators])
    if len(estimators) == 1:
        matrix, bias = np.hstack([-matrix, matrix]), np.array([-bias[0], bias[0]])
    matrix[shifts[2] :] *= MARK_WEIGHT
    return Weights(
        word_ids=ids[0],
        char_ids=ids[1],
        mark_ids=ids[2],
        idf=np.concatenate([part.idf_ for part in parts]),
        matrix=np.ascontiguousarray(matrix, np.float32),
        bias=bias,
        rows=rows,
    )
