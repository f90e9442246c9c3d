"""Tickets from ServiceNow and back to it, through every room."""

from __future__ import annotations

from tests.house import House
from triage.domain.run import RunState, TicketState


async def test_a_manager_gets_a_licence_for_a_report_and_the_ticket_is_resolved(house: House) -> None:
    played = house.play(
        short_description="Please assign a licence",
        description="Please assign Visio Plan 2 to noah.lindqvist@harborline.example.",
        caller_id="x",
        contact_type="self-service",
    )

    case = await house.settled(played)

    print(case)
    assert case.stored.state is TicketState.RESOLVED
