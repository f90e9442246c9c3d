"""Versions are immutable, promoting is atomic, going back takes the thresholds along."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from models import artefact
from models.bulk import score_many
from models.calibrate import Floats, log_shares
from models.errors import ModelError, NoModel, Tampered
from models.fast import Scorer
from models.manifest import MATRIX, sign
from models.pipeline import columns
from models.registry import Promotion, Registry
from models.signature import key_id
from models.text import TicketText
from tests.models.versions import edit, registry_of
from tests.training.small import KEY, NOW, small

KEYS = {key_id(KEY.public_key()): KEY.public_key()}
ASK = TicketText(
    short_description="BitLocker asks for the recovery key", description="laptop shows a blue screen"
)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry with two versions, `a` and `b`."""
    return registry_of(tmp_path, "a", "b")


def gates(registry: Registry, version: str) -> dict[str, dict[str, object]]:
    """Return the gates of a version as JSON."""
    certificate = registry.load(version).facts.certificate.model_dump(mode="json")
    return dict(certificate["gates"])


def test_without_a_promoted_model_the_next_step_is_named(tmp_path: Path) -> None:
    assert Registry(tmp_path).current() is None
    with pytest.raises(NoModel) as refused:
        Registry(tmp_path).require()
    assert "triage synth" in refused.value.hint
    assert "triage train" in refused.value.hint


def test_a_running_registry_takes_up_a_promotion(registry: Registry) -> None:
    other = Registry(registry.root.parent)
    registry.promote("a", NOW)
    assert (first := other.current()) is not None
    assert first.version == "a"
    assert other.current() is first
    registry.promote("b", NOW)
    assert (second := other.current()) is not None
    assert second.version == "b"


def test_rolling_back_twice_goes_back_two_promotions(tmp_path: Path) -> None:
    registry = registry_of(tmp_path, *"abc")
    for hours, name in enumerate("abc"):
        registry.promote(name, NOW + timedelta(hours=hours))
    assert registry.rollback(NOW) == "b"
    assert registry.rollback(NOW) == "a"
    with pytest.raises(NoModel):
        registry.rollback(NOW)


def test_rolling_back_brings_the_thresholds_back(registry: Registry) -> None:
    registry.promote("a", NOW)
    strict = registry.require().thresholds
    loose = {label: gate | {"threshold": 0.0} for label, gate in gates(registry, "b").items()}
    facts = registry.folder("b") / "facts.json"
    edit(facts, certificate=json.loads(facts.read_text(encoding="utf-8"))["certificate"] | {"gates": loose})
    sign(registry.folder("b"), "b", KEY)
    registry.promote("b", NOW)
    assert set(registry.require().thresholds.values()) == {0.0}
    registry.rollback(NOW)
    assert registry.require().thresholds == strict


def test_a_promotion_that_was_cut_off_changes_nothing(registry: Registry) -> None:
    registry.promote("a", NOW)
    registry.promote("b", NOW)
    line = Promotion(version="a", at=NOW).model_dump_json()
    with (registry.root / "promotions.jsonl").open("a", encoding="utf-8") as history:
        history.write(line + "\n")  # and the pointer was never moved
    assert registry.current_version() == "b"
    assert registry.rollback(NOW) == "a"


def test_what_cannot_be_verified_cannot_be_promoted(registry: Registry) -> None:
    registry.promote("a", NOW)
    (registry.folder("b") / MATRIX).write_bytes(b"cut")
    with pytest.raises(Tampered):
        registry.promote("b", NOW)
    assert registry.current_version() == "a"
    assert [one.version for one in registry.history()] == ["a"]


def test_the_old_model_serves_until_the_broken_one_is_mended(registry: Registry) -> None:
    serving = Registry(registry.root.parent)
    registry.promote("a", NOW)
    old = serving.current()
    registry.promote("b", NOW)
    weights = (registry.folder("b") / MATRIX).read_bytes()
    (registry.folder("b") / MATRIX).write_bytes(b"cut")
    assert serving.current() is old
    (registry.folder("b") / MATRIX).write_bytes(weights)
    registry.promote("b", NOW)
    assert (new := serving.current()) is not None
    assert new.version == "b"


def test_a_version_is_never_written_twice(registry: Registry) -> None:
    model, pipeline = registry.load("a"), artefact.load_pipeline(registry.folder("a"), KEYS)
    before = (registry.folder("a") / MATRIX).stat().st_mtime_ns
    with pytest.raises(ModelError, match="never changed"):
        artefact.save(registry.folder("a"), pipeline, model.weights, model.facts, {}, KEY)
    assert (registry.folder("a") / MATRIX).stat().st_mtime_ns == before
    assert registry.versions() == ["a", "b"]


def test_a_saved_version_is_whole_and_read_only(registry: Registry) -> None:
    model, pipeline = registry.load("a"), artefact.load_pipeline(registry.folder("a"), KEYS)
    facts = model.facts.model_copy(update={"version": "c"})
    artefact.save(registry.folder("c"), pipeline, model.weights, facts, {"card.md": "x"}, KEY)
    assert registry.load("c").version == "c"
    assert {path.stat().st_mode & 0o222 for path in registry.folder("c").iterdir()} == {0}


@pytest.mark.parametrize("name", ["../a", "", "a/b", ".hidden"])
def test_a_version_is_a_plain_name(registry: Registry, name: str) -> None:
    with pytest.raises(NoModel):
        registry.folder(name)


@pytest.mark.parametrize("path", [Scorer.score, score_many])
def test_the_fast_paths_equal_the_stored_pipeline(
    registry: Registry, path: Callable[[Scorer, list[str]], tuple[Floats, Floats]]
) -> None:
    model, pipeline = registry.load("a"), artefact.load_pipeline(registry.folder("a"), KEYS)
    texts = small().data.texts[:300].tolist()
    expected = np.exp(log_shares(pipeline.decision_function(columns(texts))))
    assert np.abs(np.exp(log_shares(path(model.scorer, texts)[0])) - expected).max() <= 1e-6


def test_a_prediction_says_what_spoke_for_it(registry: Registry) -> None:
    [prediction] = registry.load("a").predict([ASK])
    assert prediction.label == "bitlocker_recovery"
    assert {"bitlocker", "recovery"} & {word.word for word in prediction.words if word.weight > 0}
    assert prediction.confidence >= prediction.alternatives[0].confidence


def test_an_empty_ticket_is_other_and_never_accepted(registry: Registry) -> None:
    [prediction] = registry.load("a").predict([TicketText()])
    assert (prediction.label, prediction.accepted, prediction.novelty) == ("other", False, 1.0)


def test_one_ticket_and_many_are_scored_alike(registry: Registry) -> None:
    model = registry.load("a")
    rows = [TicketText(short_description=text[:300]) for text in small().data.texts[:60]]
    for many, alone in zip(model.predict(rows), (model.predict([row])[0] for row in rows), strict=True):
        assert (many.label, many.accepted, many.words) == (alone.label, alone.accepted, alone.words)
        assert many.trust == pytest.approx(alone.trust, abs=1e-5)
