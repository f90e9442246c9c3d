"""'This was not me': everybody is told, one word contains the account, and no other word does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from tests.lab import ELENA, KARIN, LICENCE, PASSWORD, Lab
from triage.audit.log import records
from triage.domain.run import RunState, TicketState
from triage.halt import Halt, Scope, lift_halt, set_halt
from triage.sandbox.faults import Rule, arm
from triage.secrets.tables import sealed_secrets
from triage.store import objections
from triage.store.objections import Objection, ObjectionState
from triage.store.people_tables import objections as table
from triage.workflow.containing import contain_now, object_to, tend

PRIVATE = "karin@private.example"
SYNCED = "dora.larsen@harborline.example"


async def _armed(lab: Lab, caller: str = KARIN) -> Objection:
    """Reset somebody's password, and tell them."""
    stored = await lab.decide({**PASSWORD, "caller_id": caller})
    (run,) = await lab.runs(stored.id)
    assert (await lab.finish(run)).state is RunState.VERIFIED
    lab.stage.apps.tenant.outbox.clear()
    objection = await _now(lab)
    await tend(lab.services, objection.id)
    return objection


async def _now(lab: Lab) -> Objection:
    async with lab.services.engine.connect() as conn:
        (objection_id,) = (await conn.execute(select(table.c.id))).scalars()
        return await objections.get(conn, objection_id)


def _token(lab: Lab) -> SecretStr:
    """The token of the mailed link."""
    (token,) = {mail.body.partition("#")[2].split()[0] for mail in lab.stage.apps.tenant.outbox}
    return SecretStr(token)


def _incidents(lab: Lab) -> list[dict[str, str]]:
    rows = lab.stage.apps.instance.tables["incident"].values()
    return [row for row in rows if row["correlation_display"] == "ticket-triage"]


async def test_every_address_of_the_person_and_the_manager_is_told_apart(lab: Lab) -> None:
    lab.user(KARIN)["otherMails"] = [PRIVATE]
    await _armed(lab)

    assert [mail.to for mail in lab.stage.apps.tenant.outbox] == [(KARIN,), (PRIVATE,), (ELENA,)]
    assert (await _now(lab)).state is ObjectionState.TOLD


async def test_an_ordinary_change_alarms_nobody(lab: Lab) -> None:
    stored = await lab.decide(LICENCE)
    (run,) = await lab.runs(stored.id)
    await lab.finish(run)
    async with lab.services.engine.connect() as conn:
        assert (await conn.execute(select(table.c.id))).scalars().all() == []


async def test_one_word_blocks_the_account_and_ends_its_sessions(lab: Lab) -> None:
    objection = await _armed(lab)
    sessions = lab.user(KARIN)["signInSessionsValidFromDateTime"]
    lab.pass_time(timedelta(minutes=1))

    assert await object_to(lab.services, objection.id, _token(lab))
    assert await contain_now(lab.services, objection.id)

    assert lab.user(KARIN)["accountEnabled"] is False
    assert lab.user(KARIN)["signInSessionsValidFromDateTime"] != sessions
    assert (await _now(lab)).action == "contain_account"


async def test_people_are_called_once_with_the_highest_priority(lab: Lab) -> None:
    objection = await _armed(lab)
    await object_to(lab.services, objection.id, _token(lab))
    for _ in range(3):
        await tend(lab.services, objection.id)

    (incident,) = _incidents(lab)
    assert incident["priority"] == "1"
    assert "Contained by contain_account" in incident["description"]
    assert (await _now(lab)).state is ObjectionState.SETTLED


async def test_the_label_is_frozen_for_the_person_and_the_unopened_secret_destroyed(lab: Lab) -> None:
    objection = await _armed(lab)
    await object_to(lab.services, objection.id, _token(lab))
    async with lab.services.engine.connect() as conn:
        (state,) = (await conn.execute(select(sealed_secrets.c.state))).scalars()
    assert state == "destroyed"
    lab.pass_time(timedelta(days=40))

    again = await lab.decide({**PASSWORD, "short_description": "Forgot my password again"})

    assert again.state is TicketState.BLOCKED


async def test_a_second_click_changes_nothing(lab: Lab) -> None:
    objection = await _armed(lab)
    token = _token(lab)
    await object_to(lab.services, objection.id, token)
    await contain_now(lab.services, objection.id)
    changes = len(lab.stage.apps.tenant.changes)

    assert await object_to(lab.services, objection.id, token)
    assert await contain_now(lab.services, objection.id)
    assert len(lab.stage.apps.tenant.changes) == changes


async def test_a_wrong_or_late_word_does_nothing_and_is_counted(lab: Lab) -> None:
    objection = await _armed(lab)

    assert not await object_to(lab.services, objection.id, SecretStr("A" * 43))
    assert not await object_to(lab.services, lab.services.new_id(), _token(lab))
    assert (await _now(lab)).failures == 1
    lab.pass_time(timedelta(days=8))
    assert not await object_to(lab.services, objection.id, _token(lab))
    assert lab.user(KARIN)["accountEnabled"] is True


async def test_guessing_ends_the_link(lab: Lab) -> None:
    objection = await _armed(lab)
    for _ in range(20):
        await object_to(lab.services, objection.id, SecretStr("A" * 43))

    assert not await object_to(lab.services, objection.id, _token(lab))


async def test_an_account_mastered_elsewhere_is_signed_out_and_people_do_the_rest(lab: Lab) -> None:
    objection = await _armed(lab, SYNCED)
    await object_to(lab.services, objection.id, _token(lab))

    assert await contain_now(lab.services, objection.id)

    now = await _now(lab)
    assert now.action == "revoke_sessions"
    assert now.detail


async def test_people_are_called_also_when_entra_is_silent_and_it_is_tried_again(lab: Lab) -> None:
    objection = await _armed(lab)
    silent = {"app": "graph", "method": "PATCH", "path": "/users/", "effect": "drop_before", "times": None}
    arm(lab.stage.apps.faults, [Rule.model_validate(silent)])
    await object_to(lab.services, objection.id, _token(lab))

    assert await tend(lab.services, objection.id) is not None
    (incident,) = _incidents(lab)
    assert "NOT contained" in incident["description"]
    lab.stage.apps.faults.armed.clear()
    lab.pass_time(timedelta(minutes=5))
    await tend(lab.services, objection.id)
    assert lab.user(KARIN)["accountEnabled"] is False
    assert len(_incidents(lab)) == 1


@pytest.mark.parametrize("halt", [Halt(scope=Scope.ALL), Halt(scope=Scope.ACTION, key="contain_account")])
async def test_the_kill_switch_holds_a_containment_too_and_says_so(lab: Lab, halt: Halt) -> None:
    objection = await _armed(lab)
    now = lab.services.clock()
    async with lab.services.engine.begin() as conn:
        await set_halt(conn, halt, reason="exercise", actor="test", now=now)
    await object_to(lab.services, objection.id, _token(lab))

    assert await tend(lab.services, objection.id) is not None
    assert lab.user(KARIN)["accountEnabled"] is True
    assert "kill switch" in _incidents(lab)[0]["description"]
    async with lab.services.engine.begin() as conn:
        await lift_halt(conn, halt, actor="test", now=now)
    await tend(lab.services, objection.id)
    assert lab.user(KARIN)["accountEnabled"] is False


async def test_the_record_tells_how_long_it_took(lab: Lab) -> None:
    objection = await _armed(lab)
    await object_to(lab.services, objection.id, _token(lab))
    lab.pass_time(timedelta(seconds=2))
    await contain_now(lab.services, objection.id)

    async with lab.services.engine.connect() as conn:
        told = [one async for one in records(conn, subject=f"run {objection.run_id}")]
    (done,) = [one for one in told if one.event == "containment.done"]
    assert done.data["seconds"] == 2.0
