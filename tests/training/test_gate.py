"""A new version must not be worse, break its promise, miss a golden ticket or turn decisions upside down."""

import asyncio
import csv
import json
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from models.certificate import Certificate, Gate
from models.manifest import sign
from models.model import Model
from models.registry import Registry
from models.text import TicketText
from tests.models.versions import edit, registry_of
from tests.training.small import KEY, NOW, rows, small
from training.evaluate import Metrics
from training.gate import golden_misses, replayed, worse_figures
from triage.cli import build
from triage.cli.promotion import evidence, through_gate
from triage.domain.ticket import Comment, Ticket
from triage.settings import Settings
from triage.store import tickets
from triage.store.engine import connect

SERVING = small().published.metrics.model_copy(update={"newest": None})
MODEL = Registry(small().data_dir).load(small().published.version)


def metrics(**changes: object) -> Metrics:
    """Return the serving version's metrics with a kept contract and some changes."""
    kept = SERVING.contract.model_copy(update={"wrong": 0, "wrong_rate": 0.0, "coverage": 0.4})
    return SERVING.model_copy(update={"contract": kept, **changes})


def contract(**changes: object) -> object:
    """Return a contract on rows, with changes."""
    return metrics().contract.model_copy(update=changes)


def opened(model: Model, threshold: float | None) -> Model:
    """Return the model with every gate at this threshold."""
    gate = Gate(threshold=threshold, accepted=0, wrong=0, precision_low=0.0, missing=0)
    certificate = Certificate(
        contract=model.facts.certificate.contract,
        threshold=threshold,
        accepted=0,
        wrong=0,
        gates={label: gate for label in model.labels if label != "other"},
    )
    return replace(model, facts=model.facts.model_copy(update={"certificate": certificate}))


def test_an_equal_version_may_serve() -> None:
    assert worse_figures(metrics(), metrics()) == []


def test_the_first_version_needs_only_its_contract() -> None:
    assert worse_figures(metrics(accuracy=0.1), None) == []
    assert worse_figures(metrics(contract=contract(wrong_rate=0.2)), None)


@pytest.mark.parametrize(("now", "refused"), [(0.845, False), (0.80, True)])
def test_accuracy_may_fall_as_far_as_chance_explains(now: float, refused: bool) -> None:
    before = metrics(accuracy=0.85, intervals={"accuracy": (0.83, 0.87)})
    after = metrics(accuracy=now, intervals={"accuracy": (now - 0.02, now + 0.02)})
    assert bool(worse_figures(after, before)) is refused


def test_coverage_counts_as_well() -> None:
    before = metrics(intervals={"coverage": (0.38, 0.42)})
    after = metrics(contract=contract(coverage=0.1), intervals={"coverage": (0.08, 0.12)})
    assert "coverage" in worse_figures(after, before)[0]


@pytest.mark.parametrize("change", [{"max_wrong": 0.2}, {"assurance": 0.6}])
def test_a_weaker_promise_is_refused(change: dict[str, float]) -> None:
    assert "promises less" in worse_figures(metrics(contract=contract(**change)), metrics())[0]


def test_a_label_may_not_vanish() -> None:
    fewer = {label: one for label, one in SERVING.per_label.items() if label != "service_restart"}
    assert "service_restart" in worse_figures(metrics(per_label=fewer), metrics())[0]


@pytest.mark.parametrize(("wrong", "refused"), [(1, False), (6, True)])
def test_the_newest_rows_may_break_the_contract_only_by_chance(wrong: int, refused: bool) -> None:
    newest = contract(max_wrong=0.01, accepted=100, wrong=wrong, wrong_rate=wrong / 100)
    assert bool(worse_figures(metrics(newest=newest), None)) is refused


def test_golden_tickets_must_be_right_and_other_must_not_run() -> None:
    right = small().data.at(np.flatnonzero(small().data.labels == "bitlocker_recovery")[:5])
    assert golden_misses(MODEL, right, None, strict=True) == []
    wrong = replace(right, labels=np.full(5, "service_restart", dtype=object))
    [first, *_] = golden_misses(MODEL, wrong, None, strict=True)
    assert "is service_restart and would be taken for bitlocker_recovery" in first
    outside = replace(right, labels=np.full(5, "other", dtype=object))
    assert golden_misses(opened(MODEL, None), outside, None, strict=True) == []
    assert len(golden_misses(opened(MODEL, 0.0), outside, None, strict=True)) == 5


def test_shipped_golden_tickets_excuse_what_no_version_knew_and_never_what_would_run() -> None:
    data = small().data.at(np.flatnonzero(small().data.labels == "bitlocker_recovery")[:3])
    wrong = replace(data, labels=np.full(3, "service_restart", dtype=object))
    shut, wide = opened(MODEL, None), opened(MODEL, 0.0)
    assert golden_misses(shut, wrong, None, strict=False) == []
    assert golden_misses(shut, wrong, shut, strict=False) == []
    assert len(golden_misses(wide, wrong, shut, strict=False)) == 3


def test_replay_counts_what_opens_and_closes() -> None:
    tickets = [TicketText(short_description=one["short_description"]) for one in rows()[:40]]
    same = replayed(MODEL, MODEL, tickets)
    assert same.share == 0.0
    more = replayed(opened(MODEL, 0.0), opened(MODEL, None), tickets)
    assert more.automatic == 0
    assert more.opened > 0
    assert replayed(opened(MODEL, None), opened(MODEL, 0.0), tickets).closed == more.opened
    assert replayed(MODEL, MODEL, []).share == 0.0


def test_a_broken_version_that_serves_can_be_replaced(tmp_path: Path) -> None:
    registry = registry_of(tmp_path, "a", "b")
    registry.promote("a", NOW)
    (registry.folder("a") / "facts.json").write_text("{}", encoding="utf-8")
    assert through_gate(registry, "b", evidence(Settings()), NOW).promoted


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Return a registry in which `a` runs nothing by itself and serves, and `b` would run everything."""
    monkeypatch.setenv("TRIAGE_DATA_DIR", str(tmp_path))
    registry = registry_of(tmp_path, "a", "b")
    for name, threshold in (("a", None), ("b", 0.0)):
        facts = opened(registry.load(name), threshold).facts
        edit(registry.folder(name) / "facts.json", certificate=facts.certificate.model_dump(mode="json"))
        sign(registry.folder(name), name, KEY)
    registry.promote("a", NOW)
    return registry


@pytest.fixture
def recent(tmp_path: Path) -> Path:
    """Return an export of recent tickets."""
    path = tmp_path / "recent.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["number", "short_description", "description"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows()[:40])
    return path


def promote(*arguments: str | Path) -> Result:
    """Run `triage models promote b` with a golden set that both versions pass."""
    words = ["models", "promote", "b", *(str(one) for one in arguments)]
    return CliRunner().invoke(build(words), words)


def test_too_many_changed_decisions_need_a_reason_that_is_kept(registry: Registry, recent: Path) -> None:
    refused = promote("--replay", recent)
    assert refused.exit_code == 1, refused.output
    assert "recent tickets would be decided otherwise" in " ".join(refused.output.split())
    assert registry.current_version() == "a"
    result = promote("--replay", recent, "--force", "new labels, looked at 50 of them", "--json", "-")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["promoted"]
    assert told["replay"]["opened"] > 0
    assert registry.current_version() == "b"
    assert [one.forced for one in registry.history()] == ["", "new labels, looked at 50 of them"]


def test_the_bound_is_a_setting(registry: Registry, recent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_MODELS__MAX_CHANGED", "1.0")
    monkeypatch.setenv("TRIAGE_MODELS__REPLAY_FILE", str(recent))
    result = promote("--force", "x")
    assert "decided otherwise" not in result.output
    assert "recent tickets" in result.output


def test_a_golden_set_of_ones_own_is_strict(registry: Registry, tmp_path: Path) -> None:
    golden = tmp_path / "golden.csv"
    golden.write_text(
        "number,short_description,label\nG1,BitLocker asks for the recovery key,service_restart\n",
        encoding="utf-8",
    )
    result = promote("--golden", golden)
    assert result.exit_code == 1
    assert "Golden ticket G1" in result.output
    golden.write_text("number,short_description,label\nG1,words without a label,\n", encoding="utf-8")
    assert "no golden set" in str(promote("--golden", golden).exception)
    assert registry.current_version() == "a"


async def _taken_in(url: str, revisions: int) -> None:
    """Keep forty tickets, each in some revisions."""
    async with connect(url) as database, database.engine.begin() as conn:
        for number, row in enumerate(rows()[:40]):
            for revision in range(revisions):
                ticket = Ticket(
                    source="test",
                    sys_id=row["sys_id"],
                    number=row["number"],
                    opened_at=NOW,
                    short_description=row["short_description"],
                    description=row["description"],
                    comments=(Comment(at=NOW, by_caller=True, text="still waiting"),) * revision,
                )
                moment = NOW + timedelta(minutes=revision * 60 + number)
                assert await tickets.add(conn, uuid.uuid4(), ticket, moment)


def test_the_tickets_taken_in_last_can_be_replayed_each_once(
    registry: Registry, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", database_url)
    asyncio.run(_taken_in(database_url, 2))
    some = json.loads(promote("--recent", "10", "--json", "-").stdout)
    assert some["replay"]["tickets"] == 10
    every = json.loads(promote("--recent", "1000", "--json", "-").stdout)
    assert every["replay"]["tickets"] == 40
    assert not every["promoted"]
    assert "recent tickets would be decided otherwise" in " ".join(every["reasons"])
    assert registry.current_version() == "a"
