"""Every page of the window: it says that the company is make-believe, and loads nothing but our own files."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.servicenow.company import Harborline
from tests.sandbox.window.company_seen import seen

PAGES = ("/", "/tickets", "/people", "/groups", "/licences", "/machines", "/mail", "/changes", "/tickets/new")


@pytest.mark.parametrize("address", PAGES)
async def test_an_empty_company_has_every_page(client: httpx.AsyncClient, address: str) -> None:
    page = await seen(client, address)
    assert page.main
    assert page.h1
    assert len(page.find_all("h1")) == 1


@pytest.mark.parametrize("address", PAGES)
async def test_every_page_says_that_the_company_is_make_believe(
    client: httpx.AsyncClient, address: str
) -> None:
    page = await seen(client, address)
    assert page.header
    assert "Make-believe company" in page.header.get_text()
    assert page.title
    assert "make-believe" in page.title.get_text()


@pytest.mark.parametrize("address", [*PAGES, "/nothing", "/static/window.css", "/pulse"])
async def test_every_answer_forbids_foreign_content_and_frames(
    client: httpx.AsyncClient, address: str
) -> None:
    policy = (await client.get(address)).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("address", PAGES)
async def test_a_page_needs_nothing_the_policy_forbids(client: httpx.AsyncClient, address: str) -> None:
    page = await seen(client, address)
    assert page.select("[style], style, script:not([src]), [onclick], [onload], iframe") == []
    for tag in page.select("script, img, link"):
        assert (await client.get(str(tag.get("src") or tag["href"]))).status_code == 200


async def test_only_this_machine_may_ask(client: httpx.AsyncClient) -> None:
    """A foreign name that resolves to 127.0.0.1 could otherwise read the links in the outbox."""
    assert (await client.get("/mail", headers={"Host": "attacker.example"})).status_code == 400


@pytest.mark.parametrize("address", ["/tickets/INC1", "/people/x", "/groups/x", "/mail/x", "/nothing"])
async def test_what_is_not_there_is_a_page_too(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address)
    assert answer.status_code == 404
    assert "Make-believe" in answer.text


async def test_the_pulse_changes_with_the_company_and_only_then(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    first = (await client.get("/pulse")).json()
    company.clock.forward(60)
    assert (await client.get("/pulse")).json() == first
    company.incident()
    second = (await client.get("/pulse")).json()
    assert second != first
    page = await seen(client, "/")
    assert page.body
    assert page.body["data-version"] == second["version"]
