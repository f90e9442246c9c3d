"""Versions are immutable, promoting is atomic, what was tampered with is refused while the old one serves."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from models.artefact import FORMAT, MANIFEST, MATRIX, digest, load_pipeline
from models.bulk import score_many
from models.calibrate import Floats, log_shares
from models.errors import NoModel, Tampered, WrongFormat
from models.fast import Scorer
from models.pipeline import columns
from models.registry import Registry
from models.text import TicketText
from tests.training.small import NOW, small

ASK = TicketText(
    short_description="BitLocker asks for the recovery key", description="laptop shows a blue screen"
)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry with two versions, `a` and `b`."""
    registry = Registry(tmp_path)
    for name in ("a", "b"):
        shutil.copytree(Registry(small().data_dir).folder(small().published.version), registry.folder(name))
        edit(registry, name, "facts.json", version=name)
    return registry


def edit(registry: Registry, folder_name: str, file: str, **changes: object) -> None:
    """Change fields of a JSON file and list its new digest, as who saves a version would."""
    folder = registry.folder(folder_name)
    content = json.loads((folder / file).read_text(encoding="utf-8")) | changes
    (folder / file).write_text(json.dumps(content), encoding="utf-8")
    if file != MANIFEST:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest["files"][file] = digest(folder / file)
        (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


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


def test_rolling_back_twice_goes_back_two_promotions(registry: Registry) -> None:
    shutil.copytree(registry.folder("a"), registry.folder("c"))
    edit(registry, "c", "facts.json", version="c")
    for hours, name in enumerate("abc"):
        registry.promote(name, NOW + timedelta(hours=hours))
    assert registry.rollback(NOW) == "b"
    assert registry.rollback(NOW) == "a"
    with pytest.raises(NoModel):
        registry.rollback(NOW)


def test_a_changed_weight_is_noticed(registry: Registry) -> None:
    path = registry.folder("a") / MATRIX
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(Tampered, match=MATRIX):
        registry.load("a")


def test_a_missing_or_smuggled_file_is_noticed(registry: Registry) -> None:
    (registry.folder("a") / "extra.py").write_text("", encoding="utf-8")
    with pytest.raises(Tampered, match=r"extra\.py"):
        registry.load("a")
    (registry.folder("b") / "card.md").unlink()
    with pytest.raises(Tampered, match=r"card\.md"):
        registry.load("b")


def test_the_old_model_keeps_serving_when_the_new_one_is_broken(registry: Registry) -> None:
    registry.promote("a", NOW)
    serving = registry.current()
    registry.promote("b", NOW)
    (registry.folder("b") / MATRIX).write_bytes(b"cut")
    assert registry.current() is serving


@pytest.mark.parametrize(("field", "value"), [("format", FORMAT + 1), ("sklearn", "0.24.2")])
def test_another_format_or_library_is_refused(registry: Registry, field: str, value: object) -> None:
    edit(registry, "a", MANIFEST, **{field: value})
    with pytest.raises(WrongFormat, match=str(value)):
        registry.load("a")


@pytest.mark.parametrize("name", ["../a", "", "a/b", ".hidden"])
def test_a_version_is_a_plain_name(registry: Registry, name: str) -> None:
    with pytest.raises(NoModel):
        registry.folder(name)


@pytest.mark.parametrize("path", [Scorer.score, score_many])
def test_the_fast_paths_equal_the_stored_pipeline(
    registry: Registry, path: Callable[[Scorer, list[str]], tuple[Floats, Floats]]
) -> None:
    model, pipeline = registry.load("a"), load_pipeline(registry.folder("a"))
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
