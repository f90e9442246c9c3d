"""Taking the chain elsewhere: in formats that others read, whole, and with gaps that show."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pydantic import JsonValue

from triage.audit.cef import cef
from triage.audit.chain import GENESIS, Record, sealed
from triage.audit.events import Event
from triage.audit.export import sentence


def record(reason: str, *, event: Event = Event.HALT_SET) -> Record:
    data: dict[str, JsonValue] = {"scope": "action", "key": "reset_password", "reason": reason}
    return sealed(
        Record(
            seq=7,
            at=datetime(2026, 11, 24, 9, tzinfo=UTC),
            event=event.label,
            subject="halt",
            actor="cli:kim",
            data=data,
            previous=GENESIS,
            hash="",
        )
    )


def test_a_cef_line_has_number_time_actor_words_and_both_hashes() -> None:
    one = record("it fails")
    told = cef(one)
    assert told.startswith("CEF:0|Ticket Triage|triage|1|halt.set|halt set|7|externalId=7 rt=1795510800000 ")
    assert f"cs1={one.hash}" in told
    assert f"cs2={GENESIS}" in told
    assert "suser=cli:kim" in told


def test_hostile_words_start_no_event_and_no_field_of_their_own() -> None:
    told = cef(record("x\nCEF:0|Evil|evil|1|a|b|10|\r\nsuser=admin \\ end"))
    assert "\n" not in told
    assert "\r" not in told
    assert "suser\\=admin \\\\\\\\ end" in told or "suser\\=admin \\\\ end" in told
    assert len(re.findall(r"(?<!\\)=", told)) == 10


def test_what_an_earlier_release_did_not_record_is_a_dash() -> None:
    old = record("x").model_copy(update={"data": {"scope": "all"}})
    assert sentence(old) == "The kill switch was set for all -: -."
