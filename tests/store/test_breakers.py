"""Closing a circuit breaker over the shared memory: two people, once each, on the record."""

from __future__ import annotations

import pytest

from tests.lab import LICENCE, Lab
from triage.audit.events import Event as Audited
from triage.audit.log import newest
from triage.domain.run import RunState, TicketState
from triage.errors import NotAllowed, Unknown
from triage.store import alarms
from triage.workflow.breaking import agree_to_close, open_breakers
from triage.workflow.endings import fail

PEOPLE = ("karin.wright", "olga.hoffmann", "camila.mueller")


async def trouble(lab: Lab) -> None:
    """Three people's licences fail."""
    for name in PEOPLE:
        words = f"Please assign the licence POWER_BI_PRO to {name}@harborline.example."
        stored = await lab.decide({**LICENCE, "description": words})
        (run,) = await lab.runs(stored.id)
        await fail(lab.services, run, RunState.FAILED, "no seat")


async def test_an_action_that_failed_three_times_waits_for_people_until_two_close_it(lab: Lab) -> None:
    await trouble(lab)
    async with lab.services.engine.connect() as conn:
        opened = await newest(conn, Audited.BREAKER_OPENED)
        (alarm,) = await alarms.standing(conn)
    assert opened is not None
    assert alarm.key == "breaker:assign_license"
    assert list(await open_breakers(lab.services)) == ["assign_license"]
    again = {**LICENCE, "description": "POWER_BI_PRO for grace.fernandez@harborline.example, please"}
    assert (await lab.decide(again)).state is TicketState.REVIEW
    assert (await agree_to_close(lab.services, "assign_license", "anna")).open
    with pytest.raises(NotAllowed, match="already"):
        await agree_to_close(lab.services, "assign_license", "anna")
    assert not (await agree_to_close(lab.services, "assign_license", "ben")).open
    async with lab.services.engine.connect() as conn:
        assert await alarms.standing(conn) == ()
    third = {**LICENCE, "description": "POWER_BI_PRO for ulrich.schmidt@harborline.example, please"}
    assert (await lab.decide(third)).state is TicketState.RUNNING


async def test_a_breaker_that_is_not_open_cannot_be_closed(lab: Lab) -> None:
    with pytest.raises(Unknown, match="not open"):
        await agree_to_close(lab.services, "assign_license", "anna")
