"""The one-time link: looking spends nothing, it opens once, and the password is nowhere else."""

from __future__ import annotations

import html
import uuid
from dataclasses import dataclass

import httpx
import pytest

from actions.errors import NotFound
from tests.lab import ELENA, KARIN, PASSWORD
from tests.web.conftest import NOBODY, Desk
from triage.domain.run import RunState
from triage.web.callers import Role

REFUSED = "It did not open."


@dataclass
class Mailed:
    """A link that was mailed to Elena, and the password behind it."""

    run_id: uuid.UUID
    token: str
    password: str

    @property
    def path(self) -> str:
        """The link without what stands behind the #."""
        return f"/secrets/{self.run_id}"

    def form(self, **changes: str) -> dict[str, str]:
        """What the page sends."""
        return {"token": self.token, "attested": "yes", **changes}


@pytest.fixture
async def mailed(desk: Desk) -> Mailed:
    desk.lab.listen("reset_password")
    stored = await desk.lab.decide(PASSWORD)
    (run,) = await desk.lab.runs(stored.id)
    await desk.lab.finish(run)
    (mail,) = desk.lab.stage.apps.tenant.outbox
    token = mail.body.partition("#")[2].split()[0]
    return Mailed(run.id, token, desk.lab.heard.get_secret_value())


async def test_the_manager_opens_it_once(desk: Desk, mailed: Mailed) -> None:
    browser = await desk.browser(upn=ELENA)
    page = await browser.get(mailed.path)
    assert "Karin Wright" in page.text
    opened = await browser.post(mailed.path, data=mailed.form())
    assert opened.status_code == 200
    assert mailed.password in html.unescape(opened.text)
    assert opened.headers["cache-control"] == "no-store"
    again = await browser.post(mailed.path, data=mailed.form())
    assert (again.status_code, mailed.password in again.text) == (403, False)
    assert REFUSED in again.text


async def test_looking_spends_nothing(desk: Desk, mailed: Mailed) -> None:
    scanner, browser = await desk.client(), await desk.browser(upn=ELENA)
    for client in (scanner, browser, scanner):
        for url in (mailed.path, f"{mailed.path}?token={mailed.token}"):
            assert mailed.password not in (await client.get(url)).text
    assert (await scanner.post(mailed.path, data=mailed.form())).status_code in (401, 403)
    assert mailed.password in html.unescape((await browser.post(mailed.path, data=mailed.form())).text)


async def test_the_whole_link_may_be_pasted(desk: Desk, mailed: Mailed) -> None:
    browser = await desk.browser(upn=ELENA)
    link = f" http://127.0.0.1:8080{mailed.path}#{mailed.token}\n"
    assert mailed.password in html.unescape(
        (await browser.post(mailed.path, data=mailed.form(token=link))).text
    )


async def test_every_refusal_looks_the_same(desk: Desk, mailed: Mailed) -> None:
    """Somebody else, a wrong token, nothing attested, no such run: the visitor cannot tell them apart."""
    stranger, elena = await desk.browser(upn=KARIN), await desk.browser(upn=ELENA)
    unknown = f"/secrets/{uuid.uuid4()}"
    answers: list[httpx.Response] = [
        await stranger.post(mailed.path, data=mailed.form()),
        await stranger.post(mailed.path, data=mailed.form(token="x" * 43)),
        await stranger.post(mailed.path, data=mailed.form(attested="")),
        await stranger.post(unknown, data=mailed.form()),
        await stranger.post(f"/secrets/{NOBODY}", data={}),
    ]
    pages = {one.text.replace(one.url.path.rpartition("/")[2], "") for one in answers}
    assert {one.status_code for one in answers} == {403}
    (page,) = pages
    assert REFUSED in page
    assert mailed.password in html.unescape((await elena.post(mailed.path, data=mailed.form())).text)


async def test_five_wrong_tries_destroy_it(desk: Desk, mailed: Mailed) -> None:
    browser = await desk.browser(upn=ELENA)
    for _ in range(5):
        await browser.post(mailed.path, data=mailed.form(token="x" * 43))
    assert REFUSED in (await browser.post(mailed.path, data=mailed.form())).text


async def test_it_does_not_open_when_it_is_too_old(desk: Desk, mailed: Mailed) -> None:
    browser = await desk.browser(upn=ELENA)
    desk.lab.pass_time(desk.lab.services.settings.limits.secret)
    assert REFUSED in (await browser.post(mailed.path, data=mailed.form())).text


async def test_the_password_is_in_no_other_answer(
    desk: Desk, mailed: Mailed, caplog: pytest.LogCaptureFixture
) -> None:
    browser = await desk.browser(*Role, upn=ELENA)
    client = await desk.token(*Role)
    told = [
        (await browser.get(path)).text
        for path in ("/", "/activity", f"/tickets/{(await _ticket(client))}", "/switch", "/metrics")
    ]
    told += [
        (await client.get(f"/api/v1/{path}")).text
        for path in (
            "reviews",
            "audit",
            "models",
            f"runs/{mailed.run_id}",
            f"tickets/{await _ticket(client)}",
        )
    ]
    await browser.post(mailed.path, data=mailed.form())
    told.append((await client.get("/api/v1/audit")).text)
    for text in (*told, caplog.text):
        assert mailed.password not in text
        assert mailed.token not in text


async def _ticket(client: httpx.AsyncClient) -> str:
    first = (await client.get("/api/v1/audit")).json()["items"][0]["record"]
    return str(first["subject"].removeprefix("ticket "))


async def test_a_password_left_in_the_vault_is_read_once_and_deleted_there(desk: Desk) -> None:
    synced = "dora.larsen@harborline.example"
    stored = await desk.lab.decide({**PASSWORD, "caller_id": synced})
    (run,) = await desk.lab.runs(stored.id)
    run = await desk.lab.finish(run)
    assert run.state is RunState.VERIFIED, run.detail
    (mail,) = desk.lab.stage.apps.tenant.outbox
    token = mail.body.partition("#")[2].split()[0]
    vault = desk.lab.services.tools.reading.vault
    password = (await vault.get(f"triage-{run.id}")).value.get_secret_value()
    browser = await desk.browser(upn=mail.to[0])
    opened = await browser.post(f"/secrets/{run.id}", data={"token": token, "attested": "yes"})
    assert password in html.unescape(opened.text)
    with pytest.raises(NotFound):
        await vault.get(f"triage-{run.id}")
