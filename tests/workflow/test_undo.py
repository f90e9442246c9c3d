"""Taking back what was done: only what was verified and has a way back, and read back like any effect."""

from __future__ import annotations

import pytest

from tests.lab import KARIN, LICENCE, PASSWORD, Lab
from triage.domain.run import Run, RunState
from triage.errors import NotAllowed
from triage.workflow.undoing import request_undo


async def _done(lab: Lab, row: dict[str, str]) -> Run:
    stored = await lab.decide(row)
    (run,) = await lab.runs(stored.id)
    return await lab.finish(run)


async def test_an_undo_restores_what_was_before(lab: Lab) -> None:
    before = lab.licences(KARIN)
    run = await _done(lab, LICENCE)

    await request_undo(lab.services, run.id, "somebody")
    ended = await lab.finish(run)

    assert ended.state is RunState.UNDONE
    assert lab.licences(KARIN) == before


async def test_what_has_no_way_back_says_so(lab: Lab) -> None:
    run = await _done(lab, PASSWORD)

    with pytest.raises(NotAllowed, match="Nobody knows the old password"):
        await request_undo(lab.services, run.id, "somebody")


async def test_an_undo_is_asked_for_once(lab: Lab) -> None:
    run = await _done(lab, LICENCE)
    await request_undo(lab.services, run.id, "somebody")

    with pytest.raises(NotAllowed):
        await request_undo(lab.services, run.id, "somebody else")
