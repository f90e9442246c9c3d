"""The page of a first day: only the manager learns whose it is, and only pressing makes the pass."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.lab import ELENA, KARIN
from tests.web.conftest import Desk
from tests.workflow.leaver import agreed, through
from triage.domain.run import Run, RunState
from triage.workflow.first_day import tell_called
from triage.workflow.sequence import start_due


@pytest.fixture
async def day(desk: Desk) -> Run:
    """The last step of somebody new, on the morning of the first day, Elena being the manager."""
    lab = desk.lab
    asked = {
        "short_description": "Somebody new",
        "description": f"New colleague: Joana Quintela starts on 1 December 2026. Manager: {ELENA}.",
        "caller_id": KARIN,
        "contact_type": "self-service",
    }
    ticket_id = await agreed(lab, asked)
    await through(lab, ticket_id)
    *_, last = await lab.runs(ticket_id)
    assert last.not_before is not None
    lab.pass_time(last.not_before - lab.stage.time.now + timedelta(hours=8))
    await start_due(lab.services)
    await tell_called(lab.services)
    return last


async def test_whoever_is_not_signed_in_or_not_the_manager_learns_nothing(desk: Desk, day: Run) -> None:
    stranger, colleague = await desk.client(), await desk.browser(upn=KARIN)
    for browser in (stranger, colleague):
        page = await browser.get(f"/first-day/{day.id}")
        assert page.status_code == 200
        assert "Joana" not in page.text
    refused = await colleague.post(f"/first-day/{day.id}", data={"beside": "yes"})
    assert refused.status_code == 409


async def test_the_manager_asks_once_and_says_that_they_are_together(desk: Desk, day: Run) -> None:
    browser = await desk.browser(upn=ELENA)
    assert "Joana Quintela" in (await browser.get(f"/first-day/{day.id}")).text
    assert (await browser.post(f"/first-day/{day.id}")).status_code == 409
    assert (await browser.post(f"/first-day/{day.id}", data={"beside": "yes"})).status_code == 200
    (*_, run) = await desk.lab.runs(day.ticket_id)
    assert run.state is RunState.PENDING
    assert (await browser.post(f"/first-day/{day.id}", data={"beside": "yes"})).status_code == 409
    assert "asked for already" in (await browser.get(f"/first-day/{day.id}")).text
