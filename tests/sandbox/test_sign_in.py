"""The sign-in page: whom it offers, whom it sends where, and what it never does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from triage.sandbox.apps import SIGN_IN, Apps
from triage.sandbox.records import AppRegistration, Json

ASKED = {
    "response_type": "code",
    "redirect_uri": "http://127.0.0.1:8123/auth/callback",
    "scope": "openid profile offline_access",
    "state": "the-state",
    "nonce": "the-nonce",
    "code_challenge": "c" * 43,
    "code_challenge_method": "S256",
}


@pytest.fixture
async def browser(company: Apps) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(company.browser)
    base = f"http://127.0.0.1{SIGN_IN}/{company.tenant.id}/oauth2/v2.0"
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        yield client


@pytest.fixture
def asked(service: AppRegistration) -> dict[str, str]:
    return ASKED | {"client_id": service.client_id}


def answer_of(response: httpx.Response) -> dict[str, str]:
    return {
        name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()
    }


async def test_every_enabled_person_is_offered_and_nobody_else(
    company: Apps, world: Json, browser: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    page = (await browser.get("/authorize", params=asked)).text
    offered = set(re.findall(r'name="person" value="([^"]+)"', page))
    people = (u for u in world["users"] if u["accountKind"] in {"person", "guest"} and u["accountEnabled"])
    assert offered == {user["id"] for user in people}


async def test_the_page_has_its_style_sheet(browser: httpx.AsyncClient) -> None:
    sheet = await browser.get("http://127.0.0.1/sign-in/static/sign-in.css")
    assert sheet.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    ("words", "found"), [("garcia", "Dora García"), ("o'brien", "O&#39;Brien"), ("AUDITOR", "Xenia Tanaka")]
)
async def test_search_needs_no_accents_and_knows_roles(
    browser: httpx.AsyncClient, asked: dict[str, str], words: str, found: str
) -> None:
    page = (await browser.get("/authorize", params=asked | {"who": words})).text
    assert found in page
    assert "Freya Ramos" not in page


async def test_choosing_a_person_sends_the_browser_back_with_a_code_and_the_state(
    company: Apps, browser: httpx.AsyncClient, asked: dict[str, str], person: Callable[..., Json]
) -> None:
    user = person()
    response = await browser.post("/authorize", params=asked, data={"person": user["id"]})
    answer = answer_of(response)
    assert response.headers["location"].startswith(asked["redirect_uri"])
    assert answer["state"] == "the-state"
    assert company.issuer.codes[answer["code"]].user_id == user["id"]


async def test_an_unknown_return_address_gets_a_page_and_never_a_redirect(
    browser: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    for evil in ("https://evil.example/", "http://127.0.0.1.evil.example/", "https://127.0.0.1/x", ""):
        response = await browser.get("/authorize", params=asked | {"redirect_uri": evil})
        assert response.status_code == 400
        assert "location" not in response.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
    ],
)
async def test_what_is_not_offered_is_told_to_the_application(
    browser: httpx.AsyncClient, asked: dict[str, str], changes: dict[str, str], error: str
) -> None:
    answer = answer_of(await browser.get("/authorize", params=asked | changes))
    assert answer["error"] == error
    assert answer["state"] == "the-state"


async def test_a_disabled_person_cannot_be_chosen(
    company: Apps, browser: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    gone = next(u for u in company.tenant.users.values() if not u["accountEnabled"])
    answer = answer_of(await browser.post("/authorize", params=asked, data={"person": gone["id"]}))
    assert answer["error"] == "access_denied"
    assert not company.issuer.codes


async def test_the_page_escapes_what_it_is_given_and_may_not_be_framed(
    browser: httpx.AsyncClient, asked: dict[str, Any]
) -> None:
    response = await browser.get("/authorize", params=asked | {"who": '"><script>x</script>'})
    assert "<script>" not in response.text
    policy = response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


async def test_another_host_name_for_this_machine_is_refused(
    browser: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    response = await browser.get("/authorize", params=asked, headers={"Host": "rebound.example"})
    assert response.status_code == 400
