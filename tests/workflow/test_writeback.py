"""Writing back: each note once whatever breaks, and no ticket resolved before its effect was read back."""

from __future__ import annotations

import pytest

from actions.errors import Unreachable
from tests.lab import LICENCE, Lab
from triage.domain.run import Run, TicketState
from triage.sandbox.faults import Rule, arm
from triage.store import notes
from triage.store.notes import NoteKind
from triage.store.tickets import StoredTicket
from triage.workflow.writeback import write_back


async def _verified(lab: Lab) -> tuple[StoredTicket, Run]:
    stored = await lab.decide(LICENCE)
    (run,) = await lab.runs(stored.id)
    return stored, await lab.finish(run)


def _journal(lab: Lab) -> list[str]:
    return [row["value"] for row in lab.stage.apps.instance.tables["sys_journal_field"].values()]


def _state(lab: Lab, stored: StoredTicket) -> str:
    state: str = lab.stage.apps.instance.tables["incident"][stored.ticket.sys_id]["state"]
    return state


async def test_notes_are_posted_in_order_and_the_resolution_settles_the_ticket(lab: Lab) -> None:
    stored, _ = await _verified(lab)

    await write_back(lab.services, stored.id)

    assert _state(lab, stored) == "6"
    assert (await lab.ticket(stored.id)).state is TicketState.RESOLVED
    async with lab.services.engine.connect() as conn:
        said = await notes.of_ticket(conn, stored.id)
    assert [note.kind for note in said] == [
        NoteKind.WORK_NOTE,
        NoteKind.WORK_NOTE,
        NoteKind.COMMENT,
        NoteKind.RESOLVE,
    ]
    assert [any(note.marker in text for text in _journal(lab)) for note in said] == [True, True, True, False]


async def test_writing_back_again_says_nothing_twice(lab: Lab) -> None:
    stored, _ = await _verified(lab)
    await write_back(lab.services, stored.id)
    before = _journal(lab)

    await write_back(lab.services, stored.id)

    assert _journal(lab) == before


async def test_an_answer_lost_after_the_note_was_written_makes_no_second_note(lab: Lab) -> None:
    stored, _ = await _verified(lab)
    lost = {"app": "servicenow", "method": "PATCH", "path": "incident", "effect": "drop_after", "times": 3}
    arm(lab.stage.apps.faults, [Rule.model_validate(lost)])

    for _ in range(5):
        try:
            await write_back(lab.services, stored.id)
        except Unreachable:
            continue

    assert len(_journal(lab)) == len(set(_journal(lab))) == 3
    assert _state(lab, stored) == "6"


async def test_an_itsm_that_is_away_loses_nothing(lab: Lab) -> None:
    stored, _ = await _verified(lab)
    away = {"app": "servicenow", "effect": "answer", "status": 503, "times": None}
    arm(lab.stage.apps.faults, [Rule.model_validate(away)])
    with pytest.raises(Unreachable):
        await write_back(lab.services, stored.id)

    lab.stage.calm()
    await write_back(lab.services, stored.id)

    assert (await lab.ticket(stored.id)).state is TicketState.RESOLVED


async def test_a_ticket_that_was_cancelled_meanwhile_goes_to_people(lab: Lab) -> None:
    stored, _ = await _verified(lab)
    lab.stage.apps.instance.tables["incident"][stored.ticket.sys_id]["state"] = "8"

    await write_back(lab.services, stored.id)

    assert (await lab.ticket(stored.id)).state is TicketState.HANDOVER


async def test_nothing_is_resolved_before_the_effect_was_read_back(lab: Lab) -> None:
    stored = await lab.decide(LICENCE)

    await write_back(lab.services, stored.id)

    assert _state(lab, stored) == "1"
    assert (await lab.ticket(stored.id)).state is TicketState.RUNNING


async def test_a_ticket_from_elsewhere_is_settled_without_the_itsm(lab: Lab) -> None:
    first = await lab.take_in(LICENCE)
    stored = await lab.accept(first.ticket.model_copy(update={"source": "api", "number": "X1"}))
    await lab.decide_again(stored.id)
    (run,) = await lab.runs(stored.id)
    await lab.finish(run)

    await write_back(lab.services, stored.id)

    assert _journal(lab) == []
    assert (await lab.ticket(stored.id)).state is TicketState.RESOLVED
