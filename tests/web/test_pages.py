"""The pages: who sees what, and that answering works by plain forms."""

from __future__ import annotations

from tests.house import Case
from tests.web.conftest import Desk
from triage.domain.run import TicketState

GROUP = {
    "short_description": "Please add me to a group",
    "description": "Please add me to the group SG-Finance-Reporting.",
    "caller_id": "karin.wright@harborline.example",
    "contact_type": "self-service",
}
HOSTILE = {
    "short_description": "A licence <script>alert(1)</script>",
    "description": '<img src=x onerror="alert(2)"> & "licence" \u202e {{ 7 * 7 }}',
    "caller_id": "karin.wright@harborline.example",
}


async def waiting(desk: Desk, **row: str) -> Case:
    case = await desk.house.settled(desk.house.play(**row))
    assert case.stored.state is TicketState.REVIEW, case.decisions[0].decision.rules
    return case


async def test_nobody_sees_a_page_without_signing_in(desk: Desk) -> None:
    client = await desk.client()
    for path in ("/", "/activity", "/switch", "/tickets/00000000-0000-0000-0000-000000000000"):
        answer = await client.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/sign-in?back={path}"


async def test_signing_in_leads_back_to_the_page_that_was_wanted(desk: Desk) -> None:
    client = await desk.signed_in(desk.holder("approver"))
    page = await client.get("/")
    assert page.status_code == 200
    assert "Waiting for people" in page.text


async def test_a_waiting_ticket_is_listed_and_shown(desk: Desk) -> None:
    case = await waiting(desk, **HOSTILE)
    client = await desk.signed_in(desk.holder("approver"))
    assert case.stored.ticket.number in (await client.get("/")).text
    page = await client.get(f"/tickets/{case.stored.id}")
    assert page.status_code == 200
