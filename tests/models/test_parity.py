"""Whatever a text holds, the fast paths give the probabilities of the stored scikit-learn pipeline."""

from functools import cache

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.pipeline import Pipeline

from models.artefact import load_pipeline
from models.bulk import score_many
from models.calibrate import log_shares
from models.concepts import FIRST, annotate
from models.model import Model
from models.pipeline import columns
from models.registry import Registry
from models.signature import trusted_keys
from models.text import TEXT_LIMIT, TicketText, prepare
from tests.training.small import rows, small

KNOWN = sorted({word for one in rows() for word in one["short_description"].split()})
SPACE = st.sampled_from([" ", "\n", "\t", "\u00a0", "\u2028", "\u3000", "\x1c", "  ", ""])
STRANGE = st.sampled_from(
    [
        *("İSTANBUL", "ﬁle", "ß", "e\u0301", "\u202eetadpu", "\x00", "👩\u200d💻", "a\u200bb", "²", "Ⅷ", "_"),
        *("x" * 600, "-" * 50, chr(FIRST), f"\n{chr(FIRST)} {chr(FIRST + 1)}", "\ue0ff"),
    ]
)
PIECES = st.one_of(
    st.sampled_from(KNOWN), st.sampled_from(KNOWN).map(str.upper), STRANGE, st.text(max_size=20)
)
HOSTILE = st.lists(st.tuples(PIECES, SPACE), max_size=30).map(lambda parts: "".join(map("".join, parts)))


@cache
def model() -> Model:
    """Return the small model as serving opens it."""
    return Registry(small().data_dir).load(small().published.version)


@cache
def pipeline() -> Pipeline:
    """Return the same model as scikit-learn objects."""
    registry = Registry(small().data_dir)
    return load_pipeline(registry.folder(small().published.version), trusted_keys(registry.keys))


@settings(max_examples=60)
@example([""])
@example([" "])
@example(["password " * 3000])
@given(st.lists(HOSTILE | HOSTILE.map(annotate), min_size=1, max_size=12))
def test_one_by_one_and_many_at_once_equal_the_pipeline(texts: list[str]) -> None:
    expected = np.exp(log_shares(pipeline().decision_function(columns(texts))))
    alone, readings = model().scorer.score(texts)
    many, same_readings = score_many(model().scorer, texts)
    assert np.abs(np.exp(log_shares(alone)) - expected).max() <= 1e-6
    assert np.abs(np.exp(log_shares(many)) - expected).max() <= 1e-6
    np.testing.assert_allclose(readings, same_readings)


@settings(max_examples=30)
@given(HOSTILE, HOSTILE)
def test_any_ticket_gets_a_sound_prediction(subject: str, body: str) -> None:
    [found] = model().predict([TicketText(short_description=subject, description=body)])
    assert 0.0 <= found.trust <= 1.0
    assert found.label in {*model().labels, "other"}


def test_a_text_without_end_is_cut() -> None:
    long = TicketText(short_description="reset " * 100_000, description="password " * 100_000)
    assert len(prepare(long)) <= TEXT_LIMIT + 2 * 256  # and one line of marks


def test_a_word_without_end_is_shown_cut() -> None:
    [prediction] = model().predict([TicketText(short_description="a" * 4000)])
    assert [word.word for word in prediction.words if len(word.word) > 60] == []
