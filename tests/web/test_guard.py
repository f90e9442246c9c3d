"""What stands before every request: the same-origin rule, the headers, the limit on bodies."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from tests.web.conftest import NOBODY, ORIGIN, Desk
from triage.web.callers import Role
from triage.web.guard import MOST_BYTES

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://127.0.0.1:8081"},
    {"Origin": "null"},
    {},
]
OWN = [{"Sec-Fetch-Site": "same-origin"}, {"Origin": ORIGIN}]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_another_site_cannot_use_a_session(desk: Desk, headers: dict[str, str]) -> None:
    browser = await desk.browser(Role.ADMIN)
    del browser.headers["Sec-Fetch-Site"]
    answer = await browser.post("/switch/halt", data={"what": "all", "reason": "because"}, headers=headers)
    assert answer.status_code == 403
    assert "Nothing is halted" in (await browser.get("/switch")).text


@pytest.mark.parametrize("headers", OWN, ids=str)
async def test_our_own_pages_can(desk: Desk, headers: dict[str, str]) -> None:
    browser = await desk.browser(Role.ADMIN)
    del browser.headers["Sec-Fetch-Site"]
    answer = await browser.post("/switch/halt", data={"what": "all", "reason": "because"}, headers=headers)
    assert answer.status_code == 303
    assert "because" in (await browser.get("/")).text


async def test_every_answer_carries_the_headers(desk: Desk) -> None:
    browser = await desk.browser(Role.VIEWER)
    for path in ("/", "/sign-in", f"/tickets/{NOBODY}", "/static/desk.css", "/healthz", "/api/v1/reviews"):
        headers = (await browser.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_pages_are_kept_nowhere(desk: Desk) -> None:
    browser = await desk.browser(Role.VIEWER)
    assert (await browser.get("/")).headers["cache-control"] == "no-store"


async def test_pages_hold_no_script_or_style_of_their_own(desk: Desk) -> None:
    review = await desk.waiting()
    browser = await desk.browser(Role.APPROVER, Role.ADMIN)
    for path in (
        "/",
        "/activity",
        "/switch",
        "/sign-in",
        f"/tickets/{review.ticket_id}",
        f"/secrets/{NOBODY}",
    ):
        text = (await browser.get(path)).text
        assert "style=" not in text
        assert "<style" not in text
        assert re.search(r"<[^>]*\son\w+=", text) is None
        assert text.count("<script") == text.count('<script type="module" src="/static/desk.js">') == 1


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(desk: Desk) -> None:
    client = await desk.token(Role.INTAKE)
    answer = await client.post("/api/v1/classify", content=b" " * (MOST_BYTES + 1))
    assert answer.status_code == 413


async def test_what_nobody_foresaw_is_told_without_details(desk: Desk) -> None:
    @desk.app.get("/api/v1/broken")
    async def broken() -> None:
        raise ZeroDivisionError("a secret detail")

    answer = await (await desk.client()).get("/api/v1/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret detail" not in answer.text
    assert "content-security-policy" in answer.headers


async def test_a_body_that_does_not_say_its_length_is_cut_off_with_the_same_answer(desk: Desk) -> None:
    client = await desk.token(Role.INTAKE)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * MOST_BYTES

    answer = await client.post("/api/v1/webhooks/servicenow", content=endless())
    assert answer.status_code == 413
