"""Hints from ServiceNow: signed, fresh, and believed in nothing but the id."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from tests.lab import LICENCE
from tests.web.conftest import WEBHOOK_SECRET, Desk, same_problem
from triage.sandbox.servicenow.play import put_in
from triage.store.queue import HEAR
from triage.web.api.webhooks import MOST_BYTES, signed
from triage.web.callers import Role
from triage.workflow.hearing import hear

URL = "/api/v1/webhooks/servicenow"


async def hint(
    desk: Desk, body: object, *, ago: timedelta = timedelta(), secret: str = WEBHOOK_SECRET
) -> httpx.Response:
    content = json.dumps(body).encode()
    stamp = str(int((desk.lab.services.clock() - ago).timestamp()))
    headers = {"X-Triage-Timestamp": stamp, "X-Triage-Signature": signed(SecretStr(secret), stamp, content)}
    return await (await desk.client()).post(URL, content=content, headers=headers)


async def taken_in(desk: Desk) -> list[str]:
    client = await desk.token(Role.AUDITOR)
    items = (await client.get("/api/v1/audit")).json()["items"]
    return [one["sentence"] for one in items if one["record"]["event"] == "ticket.received"]


async def heard(desk: Desk) -> None:
    """Let a worker read every record it was told of."""
    async with desk.lab.services.engine.connect() as conn:
        query = text("SELECT args FROM procrastinate_jobs WHERE task_name = :task")
        told = (await conn.execute(query, {"task": HEAR})).scalars().all()
    for one in told:
        await hear(desk.lab.services, one["table"], one["sys_id"])


async def test_hearing_asks_nobody_outside(desk: Desk) -> None:
    before = len(desk.lab.stage.transport.sent)
    assert (await hint(desk, {"sys_id": "0" * 32})).status_code == 202
    assert len(desk.lab.stage.transport.sent) == before


async def test_a_body_longer_than_a_hint_is_refused_before_it_is_looked_at(desk: Desk) -> None:
    same_problem(await hint(desk, {"sys_id": "1", "more": "x" * MOST_BYTES}), 422)


async def test_a_signed_hint_takes_the_ticket_in_once(desk: Desk) -> None:
    played = put_in(desk.lab.stage.apps.instance, LICENCE)
    body = {"table": "incident", "sys_id": played.sys_id, "short_description": "lies"}
    assert [(await hint(desk, body)).status_code for _ in range(3)] == [202, 202, 202]
    assert await desk.lab.waiting(HEAR) == 1
    await heard(desk)
    (sentence,) = await taken_in(desk)
    assert played.number in sentence


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_hint_outside_the_window_is_refused(desk: Desk, minutes: int) -> None:
    played = put_in(desk.lab.stage.apps.instance, LICENCE)
    body = {"sys_id": played.sys_id}
    same_problem(await hint(desk, body, ago=timedelta(minutes=minutes)), 401)
    assert (await hint(desk, body, ago=timedelta(minutes=4))).status_code == 202


async def test_a_hint_of_another_secret_is_refused(desk: Desk) -> None:
    same_problem(await hint(desk, {"sys_id": "1"}, secret="another"), 401)
    same_problem(await (await desk.client()).post(URL, json={"sys_id": "1"}), 401)


async def test_a_changed_body_or_time_breaks_the_signature(desk: Desk) -> None:
    stamp = str(int(desk.lab.services.clock().timestamp()))
    good = signed(SecretStr(WEBHOOK_SECRET), stamp, b'{"sys_id": "1"}')
    client = await desk.client()
    for time, body in ((stamp, b'{"sys_id": "2"}'), (str(int(stamp) + 1), b'{"sys_id": "1"}'), ("x", b"")):
        headers = {"X-Triage-Timestamp": time, "X-Triage-Signature": good}
        same_problem(await client.post(URL, content=body, headers=headers), 401)


async def test_a_hint_that_names_no_record_is_refused(desk: Desk) -> None:
    same_problem(await hint(desk, {"sys_id": "../x"}), 422)
    same_problem(await hint(desk, {"sys_id": "1", "table": "sys_user"}), 422)


async def test_a_record_that_is_not_there_is_no_error_of_the_sender(desk: Desk) -> None:
    assert (await hint(desk, {"sys_id": "0" * 32})).status_code == 202
    await heard(desk)
    assert await taken_in(desk) == []
