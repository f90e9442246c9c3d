"""What a record of ServiceNow becomes: who asks, how far that is vouched for, what the form says."""

from __future__ import annotations

import pytest

from tests.intake.instance import ELENA, KARIN, Desk
from triage.domain.ticket import Channel, Ticket
from triage.errors import BadInput
from triage.intake.servicenow import fields_of, read_ticket


async def _read(desk: Desk, **row: object) -> Ticket:
    played = desk.open(**row)
    return await read_ticket(desk.client, played.table, played.sys_id)


async def test_an_incident_is_asked_by_its_caller(desk: Desk) -> None:
    ticket = await _read(desk, short_description="Locked out", description="Help.")

    assert (ticket.caller_id, ticket.caller_vouched) == (KARIN, True)
    assert (ticket.short_description, ticket.description) == ("Locked out", "Help.")
    assert ticket.contact_type is Channel.SELF_SERVICE


async def test_a_portal_ticket_that_somebody_else_opened_is_not_vouched_for(desk: Desk) -> None:
    ticket = await _read(desk, opened_by=ELENA)

    assert (ticket.caller_id, ticket.opened_by) == (KARIN, ELENA)
    assert not ticket.caller_vouched


async def test_a_ticket_without_a_caller_is_vouched_for_by_nobody(desk: Desk) -> None:
    ticket = await _read(desk, caller_id="Somebody Unknown")

    assert (ticket.caller_id, ticket.caller_vouched) == ("", False)


async def test_whoever_orders_in_the_portal_asks_also_for_somebody_else(desk: Desk) -> None:
    ticket = await _read(
        desk, caller_id=KARIN, opened_by=ELENA, cat_item="Software", variables={"license": "x"}
    )

    assert (ticket.table, ticket.caller_id, ticket.caller_vouched) == ("sc_req_item", ELENA, True)
    assert ticket.variables == {"license": "x", "requested_for": KARIN}


async def test_on_the_phone_the_person_it_is_for_asks_and_the_desk_only_typed(desk: Desk) -> None:
    ticket = await _read(
        desk, caller_id=KARIN, contact_type="phone", cat_item="Software", variables={"license": "x"}
    )

    assert ticket.caller_id == KARIN
    assert ticket.opened_by != KARIN


async def test_a_channel_we_do_not_know_counts_as_mail(desk: Desk) -> None:
    played = desk.open()
    desk.row(played)["contact_type"] = "carrier pigeon"

    ticket = await read_ticket(desk.client, played.table, played.sys_id)

    assert ticket.contact_type is Channel.EMAIL


async def test_only_the_callers_own_comments_count_as_the_callers(desk: Desk) -> None:
    played = desk.open()
    desk.change(played, KARIN, comments="Mine.")
    desk.change(played, ELENA, comments="Not mine.")

    ticket = await read_ticket(desk.client, played.table, played.sys_id)

    assert [(one.text, one.by_caller) for one in ticket.comments] == [("Mine.", True), ("Not mine.", False)]


async def test_a_record_without_an_opening_time_is_read_all_the_same(desk: Desk) -> None:
    played = desk.open()
    desk.row(played)["opened_at"] = ""

    ticket = await read_ticket(desk.client, played.table, played.sys_id)

    assert ticket.opened_at == desk.time.now


def test_other_tables_are_refused_with_those_that_are_read() -> None:
    with pytest.raises(BadInput, match="change_request"):
        fields_of("change_request")
