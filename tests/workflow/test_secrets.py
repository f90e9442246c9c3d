"""A new password: sealed before it is set, mailed as a link, replaced unseen when nobody can be given it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import MetaData, select, text

from tests.lab import ELENA, KARIN, PASSWORD, Lab
from triage.domain.run import RunState, TicketState
from triage.sandbox.faults import Rule, arm
from triage.sandbox.tenant import opens_account
from triage.secrets.tables import sealed_secrets
from triage.store.tables import notes
from triage.workflow.upkeep import watch_secrets


async def _row(lab: Lab) -> dict[str, object]:
    async with lab.services.engine.connect() as conn:
        return dict((await conn.execute(select(sealed_secrets))).mappings().one())


async def _run(lab: Lab) -> RunState:
    stored = await lab.decide(PASSWORD)
    (run,) = await lab.runs(stored.id)
    return (await lab.finish(run)).state


async def test_the_manager_gets_a_link_and_the_person_is_named(lab: Lab) -> None:
    state = await _run(lab)

    assert state is RunState.VERIFIED
    (mail,) = lab.stage.apps.tenant.outbox
    assert mail.to == (ELENA,)
    assert "Karin Wright" in mail.body
    assert (await _row(lab))["state"] == "released"


async def test_the_password_is_in_no_table_no_note_and_no_mail(lab: Lab) -> None:
    lab.listen("reset_password")
    await _run(lab)

    secret = lab.heard.get_secret_value()
    assert opens_account(lab.stage.apps.tenant, lab.user(KARIN)["id"], secret)
    assert secret not in await _dump(lab)
    assert secret not in "".join(mail.body for mail in lab.stage.apps.tenant.outbox)


async def test_a_password_that_cannot_be_delivered_is_replaced_unseen_and_the_run_fails(lab: Lab) -> None:
    lab.listen("reset_password")
    refused = {"app": "graph", "method": "POST", "path": "sendMail", "effect": "answer", "status": 403}
    arm(lab.stage.apps.faults, [Rule.model_validate({**refused, "times": None, "body": "{}"})])

    state = await _run(lab)

    assert state is RunState.FAILED
    assert lab.effects("password") == 2
    assert len({heard.get_secret_value() for heard in lab.all_heard}) == 2
    row = await _row(lab)
    assert (row["state"], row["ciphertext"]) == ("destroyed", None)


async def test_a_password_that_can_neither_be_delivered_nor_replaced_is_left_to_people(lab: Lab) -> None:
    refused = {"app": "graph", "method": "POST", "path": "sendMail", "effect": "answer", "status": 403}
    arm(lab.stage.apps.faults, [Rule.model_validate({**refused, "times": None, "body": "{}"})])
    lab.fail_after("reset_password", calls=1)

    assert await _run(lab) is RunState.OUTCOME_UNKNOWN
    assert (await _row(lab))["state"] == "destroyed"


async def test_a_mail_that_may_have_gone_out_is_sent_again_with_a_new_token(lab: Lab) -> None:
    lost = {"app": "graph", "method": "POST", "path": "sendMail", "effect": "drop_after"}
    arm(lab.stage.apps.faults, [Rule.model_validate(lost)])

    state = await _run(lab)

    assert state is RunState.VERIFIED
    first, second = (mail.body.split("#")[1] for mail in lab.stage.apps.tenant.outbox)
    assert first != second


async def test_a_link_nobody_opened_is_destroyed_and_the_desk_is_told(lab: Lab) -> None:
    await _run(lab)
    lab.pass_time(timedelta(minutes=11))

    await watch_secrets(lab.services)

    assert (await _row(lab))["state"] == "destroyed"
    async with lab.services.engine.connect() as conn:
        said = (await conn.execute(select(notes.c.body))).scalars().all()
    assert any("not opened in time" in body for body in said)


async def test_nobody_to_hand_it_to_means_a_person_decides(lab: Lab) -> None:
    del lab.stage.apps.tenant.managers[lab.user(KARIN)["id"]]

    stored = await lab.decide(PASSWORD)

    assert stored.state is not TicketState.RUNNING
    assert await lab.runs(stored.id) == ()


async def _dump(lab: Lab) -> str:
    """Every value in every table, as text."""
    found = MetaData()
    async with lab.services.engine.connect() as conn:
        await conn.run_sync(found.reflect)
        rows = [await conn.execute(text(f"SELECT t::text FROM {name} t")) for name in found.tables]
    return "".join(str(value) for result in rows for value in result.scalars())
