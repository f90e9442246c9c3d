"""The base model as scikit-learn objects: the source of truth that skops stores and the fast path mirrors."""

from typing import Final

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from models.fast import Weights
from models.ngrams import CHAR_RANGE, WORD_PATTERN, WORD_RANGE

MIN_ROWS: Final = 2
"""A term that stands in fewer texts is noise or a name and gets no feature."""


def build_pipeline(seed: int) -> Pipeline:
    """Return the unfitted pipeline: TF-IDF of words and n-grams, one-vs-rest logistic regression.

    The dual solver stops three times as early as the primal one at the same accuracy and ranking.
    """
    union = FeatureUnion([("words", word_features()), ("chars", char_features())])
    return Pipeline([("features", union), ("head", build_head(seed))])


def word_features() -> TfidfVectorizer:
    """Return the unfitted vectoriser of words and word pairs."""
    return TfidfVectorizer(
        ngram_range=WORD_RANGE, sublinear_tf=True, min_df=MIN_ROWS, token_pattern=WORD_PATTERN
    )


def char_features() -> TfidfVectorizer:
    """Return the unfitted vectoriser of character n-grams within words."""
    return TfidfVectorizer(analyzer="char_wb", ngram_range=CHAR_RANGE, sublinear_tf=True, min_df=MIN_ROWS)


def build_head(seed: int) -> OneVsRestClassifier:
    """Return the unfitted classifier of one label against the rest."""
    return OneVsRestClassifier(
        LogisticRegression(C=10, solver="liblinear", dual=True, tol=0.1, random_state=seed)
    )


def packed(pipeline: Pipeline, rows: int) -> Weights:
    """Return what the fitted pipeline knows in the form the fast path reads; `rows` is its training size."""
    word_part, char_part = (part for _, part in pipeline["features"].transformer_list)
    estimators = pipeline["head"].estimators_
    shift = len(word_part.vocabulary_)
    return Weights(
        word_ids={term: int(place) for term, place in word_part.vocabulary_.items()},
        char_ids={term: int(place) + shift for term, place in char_part.vocabulary_.items()},
        idf=np.concatenate([word_part.idf_, char_part.idf_]),
        matrix=np.ascontiguousarray(np.vstack([one.coef_[0] for one in estimators]).T, np.float32),
        bias=np.array([one.intercept_[0] for one in estimators]),
        rows=rows,
    )
