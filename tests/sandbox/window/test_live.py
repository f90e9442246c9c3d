"""In Chromium: a page that is open follows the company by itself, until it is paused."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Page, async_playwright, expect

from tests.sandbox.servicenow.company import Harborline
from tests.sandbox.window.company_seen import HOSTILE
from triage.sandbox import window

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


@asynccontextmanager
async def served(company: Harborline) -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = window.app_for(company.tenant, company.instance)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await task


@pytest.fixture
async def page(company: Harborline, tmp_path: Path) -> AsyncIterator[Page]:
    """The overview of the window, open; an error of a script or of the content policy fails the test."""
    complaints: list[str] = []
    async with served(company) as address, async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=CHROMIUM, headless=True, args=FLAGS
        )
        opened = await context.new_page()
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await opened.goto(address)
        yield opened
        await context.close()
    assert complaints == []


async def test_a_new_ticket_appears_without_a_reload(company: Harborline, page: Page) -> None:
    await expect(page.get_by_text("No ticket yet.")).to_be_visible()
    company.incident(HOSTILE)
    await expect(page.get_by_role("rowheader", name="INC0010001")).to_be_visible()


async def test_a_paused_page_stands_still_until_it_goes_on(company: Harborline, page: Page) -> None:
    pause = page.get_by_role("button", name="Pause")
    await pause.click()
    await expect(pause).to_have_attribute("aria-pressed", "true")
    company.incident()
    await page.wait_for_timeout(2000)
    await expect(page.get_by_text("No ticket yet.")).to_be_visible()
    await pause.click()
    await expect(page.get_by_role("rowheader", name="INC0010001")).to_be_visible()


async def test_the_first_stop_of_the_keyboard_leads_to_the_content(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()
