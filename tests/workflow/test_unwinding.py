"""A whole plan is taken back in reverse order, and nobody else's work with it."""

from __future__ import annotations

import pytest

from tests.lab import KARIN, LICENCE, Lab
from tests.workflow.leaver import LEAVER, agreed, leavers, through
from triage.domain.run import RunState
from triage.errors import NotAllowed
from triage.store import notes
from triage.workflow.undoing import request_undo
from triage.workflow.unwinding import request_unwind


async def test_the_last_step_is_taken_back_first_and_what_has_no_way_back_is_named(lab: Lab) -> None:
    lab = leavers(lab)
    before = lab.stage.directory()
    ticket_id = await agreed(lab, LEAVER)
    await through(lab, ticket_id)

    found = await request_unwind(lab.services, ticket_id, "somebody")
    await through(lab, ticket_id)

    assert [run.action for run in found.runs] == ["set_automatic_replies", "disable_user"]
    assert set(found.impossible) == {"revoke_sessions"}
    ended = {run.action: run.state for run in await lab.runs(ticket_id)}
    assert ended == {
        "disable_user": RunState.UNDONE,
        "revoke_sessions": RunState.VERIFIED,
        "set_automatic_replies": RunState.UNDONE,
    }
    assert lab.user(KARIN)["accountEnabled"] is True
    assert lab.stage.directory().keys() == before.keys()
    async with lab.services.engine.connect() as conn:
        said = "".join(note.body for note in await notes.of_ticket(conn, ticket_id))
    assert "Cannot be taken back: revoke_sessions" in said


async def test_what_somebody_changed_since_is_left_alone_and_the_rest_taken_back(lab: Lab) -> None:
    lab = leavers(lab)
    ticket_id = await agreed(lab, LEAVER)
    await through(lab, ticket_id)
    lab.user(KARIN)["mailboxSettings"]["automaticRepliesSetting"]["externalAudience"] = "all"

    await request_unwind(lab.services, ticket_id, "somebody")
    await through(lab, ticket_id)

    ended = {run.action: run.state for run in await lab.runs(ticket_id)}
    assert ended["set_automatic_replies"] is RunState.VERIFIED
    assert ended["disable_user"] is RunState.UNDONE
    mailbox = lab.user(KARIN)["mailboxSettings"]["automaticRepliesSetting"]
    assert (mailbox["status"], mailbox["externalAudience"]) == ("alwaysEnabled", "all")


async def test_an_undo_is_refused_when_the_effect_is_not_there_any_more(lab: Lab) -> None:
    stored = await lab.decide(LICENCE)
    (run,) = await lab.runs(stored.id)
    await lab.finish(run)
    lab.user(KARIN)["assignedLicenses"].clear()

    with pytest.raises(NotAllowed, match="somebody changed since"):
        await request_undo(lab.services, run.id, "somebody")


async def test_nothing_is_taken_back_while_a_step_still_waits(lab: Lab) -> None:
    lab = leavers(lab)
    ticket_id = await agreed(lab, LEAVER)

    with pytest.raises(NotAllowed, match="still waits"):
        await request_unwind(lab.services, ticket_id, "somebody")
