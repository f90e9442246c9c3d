"""Replay: the decisions of the production code, on a clock and a memory of its own, with no effect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import cast

import pytest

from models.model import Model
from tests.house import LABELS, ObedientModel
from training.company import harborline
from triage.cli.replay.rehearsal import Rehearsal, rehearsal
from triage.domain.decision import Verdict
from triage.domain.ticket import Channel, Ticket
from triage.errors import BadInput
from triage.intake.export import ticket_of
from triage.policy.decide import Policy

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PASSWORD = {
    "number": "INC1",
    "caller_id": "karin.wright@harborline.example",
    "contact_type": "self-service",
    "opened_at": "2026-11-02 08:00:00",
    "short_description": "Forgot my password",
    "description": "I forgot my password, please reset it.",
}


def ticket(**cells: str) -> Ticket:
    return ticket_of(PASSWORD | cells, 2, now=NOW)


@pytest.fixture
async def stage() -> AsyncIterator[Rehearsal]:
    async with rehearsal(harborline(), cast("Model", ObedientModel(LABELS)), Policy.load()) as built:
        yield built


async def test_an_ordinary_reset_would_run_by_itself(stage: Rehearsal) -> None:
    found = await stage.decide(ticket())
    assert found.decision.verdict is Verdict.AUTO
    assert found.decision.fingerprint


async def test_the_same_ask_again_is_a_duplicate(stage: Rehearsal) -> None:
    await stage.decide(ticket())
    again = await stage.decide(ticket(number="INC2", opened_at="2026-11-02 08:30:00"))
    assert (again.decision.verdict, again.decision.rules[0].id) == (Verdict.HANDOVER, "memory.duplicate")


async def test_deciding_changes_nothing_so_the_plan_stays_the_same(stage: Rehearsal) -> None:
    first = await stage.decide(ticket())
    later = await stage.decide(ticket(number="INC2", opened_at="2027-03-02 08:00:00"))
    assert later.decision.changes == first.decision.changes


async def test_in_a_file_out_of_order_only_what_was_before_is_remembered(stage: Rehearsal) -> None:
    await stage.decide(ticket())
    earlier = await stage.decide(ticket(number="INC2", opened_at="2026-11-01 08:00:00"))
    assert earlier.decision.verdict is Verdict.AUTO


@pytest.mark.parametrize("written", ["2026-11-02 08:00:00", "02.11.2026 08:00", "2026-11-02T09:00:00+01:00"])
def test_dates_are_read_as_they_are_written(written: str) -> None:
    assert ticket(opened_at=written).opened_at == datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


async def test_a_device_is_known_as_the_tenant_has_it(stage: Rehearsal) -> None:
    key = ticket(short_description="BitLocker", description="My laptop HL-LT-4057 wants its recovery key.")
    found = await stage.decide(key, corrected="bitlocker_recovery")
    assert found.request.parameters["device"].value == "HL-LT-4057"


def test_a_missing_channel_is_mail_and_a_missing_date_is_now() -> None:
    bare = ticket_of({"short_description": "x"}, 7, now=NOW)
    assert (bare.contact_type, bare.opened_at, bare.number, bare.caller_vouched) == (
        Channel.EMAIL,
        NOW,
        "line-7",
        False,
    )


def test_who_types_for_somebody_else_in_a_signed_in_channel_does_not_vouch_for_them() -> None:
    assert not ticket(opened_by="rahul.krueger@harborline.example").caller_vouched
    assert ticket(opened_by=PASSWORD["caller_id"]).caller_vouched


@pytest.mark.parametrize(("cell", "value"), [("opened_at", "yesterday"), ("variables", "[1]")])
def test_a_cell_that_cannot_be_read_is_named_with_its_line(cell: str, value: str) -> None:
    with pytest.raises(BadInput) as refused:
        ticket(**{cell: value})
    assert refused.value.subject == f"line 2, {cell}"


def test_form_fields_are_read_from_json() -> None:
    asked = ticket(variables='{"software": "Visio", "copies": 2}')
    assert (asked.table, asked.variables) == ("sc_req_item", {"software": "Visio", "copies": "2"})
