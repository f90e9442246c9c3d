"""What may run by itself goes from a ticket to an effect that was read back, intent by intent."""

from __future__ import annotations

import pytest

from tests.house import House
from triage.domain.run import RunState, TicketState

ASKS = {
    "remove_license": ("beatriz.lopes", "I give up a licence", "Please take back my Power BI Pro licence."),
    "remove_group_member": (
        "ulrich.schmidt",
        "I want to leave",
        "Please take me out of the group Data Platform.",
    ),
    "set_automatic_replies": (
        "grace.fernandez",
        "I am away",
        "Please switch on my automatic replies from 7 December 2026 until 11 December 2026.",
    ),
    "set_calendar_permission": (
        "grace.fernandez",
        "Share my calendar",
        "Please give karin.patel@harborline.example Reviewer access to my calendar.",
    ),
}


@pytest.mark.parametrize("action", ASKS)
async def test_an_ordinary_ask_is_done_read_back_and_resolved(house: House, action: str) -> None:
    caller, subject, text = ASKS[action]
    played = house.play(
        short_description=subject,
        description=text,
        caller_id=f"{caller}@harborline.example",
        contact_type="self-service",
    )

    case = await house.settled(played)

    assert case.stored.state is TicketState.RESOLVED
    assert [(run.action, run.state) for run in case.runs] == [(action, RunState.VERIFIED)]
