"""A large file is classified by several processes, in file order, with the same answers."""

from __future__ import annotations

from itertools import chain

import pytest

from tests.training.small import rows, small
from training.export import Row
from triage.cli import side_by_side
from triage.cli.side_by_side import Answers, classified


def answers(jobs: int) -> list[Answers]:
    """Classify some hundred rows by the small model."""
    numbered = enumerate(chain(rows(), rows()))
    given = (Row(at, {**one, "number": f"T{at}"}) for at, one in numbered)
    return list(classified(small().data_dir, small().published.version, given, jobs))


def test_processes_answer_in_file_order_as_one_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "CHUNK", 40)
    alone = answers(jobs=1)
    assert len(alone) > 6
    assert answers(jobs=2) == alone
    assert alone[0].lines.startswith('{"number": "T0"')
