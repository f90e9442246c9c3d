"""The chain without a database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from triage.audit.chain import GENESIS, Record, digest, sealed
from triage.audit.events import Event
from triage.audit.export import line, read, sentence
from triage.audit.verify import Kept, verify
from triage.errors import Broken

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def chain_of(*data: Mapping[str, JsonValue]) -> list[Record]:
    records: list[Record] = []
    for number, fields in enumerate(data, start=1):
        record = Record(
            seq=number,
            at=START + timedelta(seconds=number),
            event=Event.RUN_FAILED.label,
            subject="run 1",
            actor="service",
            data=dict(fields),
            previous=records[-1].hash if records else GENESIS,
            hash="",
        )
        records.append(sealed(record))
    return records


def three() -> list[Record]:
    return chain_of(*({"action": "a", "reason": str(n)} for n in range(3)))


async def walk(records: Sequence[Record]) -> AsyncIterator[Record]:
    for record in records:
        yield record


async def test_an_untouched_chain_is_good_and_names_its_head() -> None:
    records = three()
    report = await verify(walk(records))
    assert (report.ok, report.checked, report.head) == (True, 3, records[-1].hash)


async def test_an_empty_chain_is_good() -> None:
    assert (await verify(walk([]))).ok


async def test_a_changed_field_is_named_with_its_record() -> None:
    records = three()
    records[1] = records[1].model_copy(update={"data": {"action": "a", "reason": "x"}})
    report = await verify(walk(records))
    assert (report.ok, report.bad_seq, report.checked) == (False, 2, 1)
    assert "was changed" in report.reason


async def test_a_record_resealed_after_a_change_breaks_the_next_link() -> None:
    records = three()
    records[0] = sealed(records[0].model_copy(update={"actor": "somebody else"}))
    report = await verify(walk(records))
    assert (report.ok, report.bad_seq) == (False, 2)


async def test_a_missing_record_is_noticed() -> None:
    records = three()
    report = await verify(walk([records[0], records[2]]))
    assert (report.ok, report.bad_seq) == (False, 3)
    assert "missing" in report.reason


async def test_a_chain_that_lost_its_start_is_noticed() -> None:
    assert not (await verify(walk(three()[1:]))).ok


@given(st.sampled_from(range(3)), st.data())
async def test_no_changed_byte_of_an_export_goes_unnoticed(number: int, data: st.DataObject) -> None:
    """Whatever character of a line is replaced, reading or checking says so."""
    lines = [line(record) for record in three()]
    place = data.draw(st.integers(0, len(lines[number]) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    if lines[number][place] == other:
        return
    lines[number] = lines[number][:place] + other + lines[number][place + 1 :]
    try:
        report = await verify(read(lines, "export.jsonl"))
    except Broken as error:
        assert error.subject == f"export.jsonl:{number + 1}"  # noqa: PT017 - either refusal will do
    else:
        assert not report.ok


def test_the_hash_does_not_depend_on_the_zone_of_the_clock() -> None:
    record = three()[0]
    elsewhere = record.at.astimezone(timezone(timedelta(hours=5)))
    assert digest(Record.model_validate({**record.model_dump(), "at": elsewhere})) == record.hash


def test_an_export_reads_back_as_the_same_records() -> None:
    records = three()
    assert [Record.model_validate_json(line(record)) for record in records] == records


async def test_a_line_that_is_no_record_is_named() -> None:
    with pytest.raises(Broken, match=r"export\.jsonl:2"):
        await verify(read([line(three()[0]), "{}"], "export.jsonl"))


def test_a_record_can_be_said_in_words() -> None:
    assert sentence(three()[0]) == "a failed: 0."


@pytest.mark.parametrize("event", Event, ids=lambda event: event.label)
def test_an_event_is_found_by_its_stored_name(event: Event) -> None:
    assert Event.named(event.label) is event


def test_no_two_events_share_a_name() -> None:
    assert len({event.label for event in Event}) == len(Event)


async def test_a_cut_end_shows_against_a_head_that_was_kept() -> None:
    records = three()
    assert (await verify(walk(records), kept=[Kept(hash=records[1].hash)])).ok
    report = await verify(walk(records[:2]), kept=[Kept(hash=records[2].hash)])
    assert (report.ok, report.checked) == (False, 2)
