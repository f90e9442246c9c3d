"""What ran by itself can be taken back: the tenant is as it was, and the run says so."""

from __future__ import annotations

import pytest

from tests.journeys.test_intents import ASKS
from tests.lab import Lab
from triage.domain.run import RunState
from triage.workflow.undoing import request_undo


@pytest.mark.parametrize("action", ASKS)
async def test_an_undo_leaves_the_tenant_as_it_was(lab: Lab, action: str) -> None:
    caller, subject, text = ASKS[action]
    before = lab.stage.directory()
    stored = await lab.decide(
        {
            "short_description": subject,
            "description": text,
            "caller_id": f"{caller}@harborline.example",
            "contact_type": "self-service",
        }
    )
    (run,) = await lab.runs(stored.id)
    done = await lab.finish(run)
    assert (done.action, done.state) == (action, RunState.VERIFIED)
    assert lab.stage.directory() != before

    await request_undo(lab.services, run.id, "somebody")

    assert (await lab.finish(run)).state is RunState.UNDONE
    assert lab.stage.directory() == before
