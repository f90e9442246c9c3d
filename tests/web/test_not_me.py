"""The page behind "this was not me": looking does nothing, one press does, haste is refused."""

from __future__ import annotations

from sqlalchemy import select

from tests.lab import KARIN, PASSWORD
from tests.web.conftest import Desk
from triage.store.people_tables import objections
from triage.web.pages.not_me import MOST
from triage.workflow.containing import tend


async def _link(desk: Desk) -> tuple[str, str]:
    """Return path and token of a mailed link."""
    lab = desk.lab
    stored = await lab.decide(PASSWORD)
    (run,) = await lab.runs(stored.id)
    await lab.finish(run)
    lab.stage.apps.tenant.outbox.clear()
    async with lab.services.engine.connect() as conn:
        (objection_id,) = (await conn.execute(select(objections.c.id))).scalars()
    await tend(lab.services, objection_id)
    token = lab.stage.apps.tenant.outbox[0].body.partition("#")[2].split()[0]
    return f"/not-me/{objection_id}", token


async def test_a_scanner_that_opens_the_link_does_nothing(desk: Desk) -> None:
    path, token = await _link(desk)
    scanner = await desk.client()

    page = await scanner.get(f"{path}#{token}")
    await scanner.head(path)

    assert page.status_code == 200
    assert token not in page.text
    assert desk.lab.user(KARIN)["accountEnabled"] is True


async def test_one_press_without_a_sign_in_blocks_the_account_before_the_answer_comes(desk: Desk) -> None:
    path, token = await _link(desk)
    answer = await (await desk.client()).post(path, data={"token": token})

    assert answer.status_code == 200
    assert "The account is blocked" in answer.text
    assert desk.lab.user(KARIN)["accountEnabled"] is False


async def test_what_is_wrong_with_a_link_is_not_told(desk: Desk) -> None:
    path, token = await _link(desk)
    client = await desk.client()
    other = "/not-me/00000000-0000-0000-0000-000000000000"
    tries = [(path, "A" * 43), (path, "short"), (path, ""), (other, token)]

    answers = [await client.post(where, data={"token": what}) for where, what in tries]

    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text.replace(other, path).replace(other[8:], path[8:]) for answer in answers}) == 1
    assert desk.lab.user(KARIN)["accountEnabled"] is True


async def test_haste_is_refused_with_the_time_to_wait(desk: Desk) -> None:
    client = await desk.client()
    path = "/not-me/00000000-0000-0000-0000-000000000000"
    for _ in range(MOST):
        await client.post(path, data={"token": "x"})

    hasty = await client.post(path, data={"token": "x"})

    assert hasty.status_code == 503
    assert "retry-after" in hasty.headers
