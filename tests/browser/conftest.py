"""A real browser before the running house: pages on loopback, people who sign in at Entra's page."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from tests.house import House
from triage.web.app import web_app
from triage.workflow.services import Services

CHROMIUM = shutil.which(os.environ.get("TRIAGE_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class Server(uvicorn.Server):
    """A server that leaves signals to the tests and tells when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class Screen:
    """A browser window with everything it complained about."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        """Go to one of our pages."""
        await self.page.goto(self.origin + path)

    async def sign_in(self, upn: str) -> None:
        """Sign in from the page that offers it, at the sandbox's Entra page."""
        await self.page.get_by_role("link", name="Sign in with your work account").click()
        await self.page.locator(f"button:has-text('{upn}')").first.click()
        await self.page.wait_for_url(f"{self.origin}/**")


@dataclass(frozen=True)
class Office:
    """The house with its pages on loopback, and a browser."""

    house: House
    origin: str
    browser: Browser

    async def screen(self, *, width: int = 1280, scheme: str = "light", scripts: bool = True) -> Screen:
        """Open a window of this width and colour scheme, with nobody signed in."""
        context: BrowserContext = await self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
            ignore_https_errors=True,
            timezone_id="Europe/Berlin",
            locale="en-GB",
        )
        screen = Screen(await context.new_page(), self.origin)

        def heard(message: ConsoleMessage) -> None:
            ours = message.location["url"].startswith(self.origin)
            if ours and message.type in ("error", "warning"):
                screen.complaints.append(message.text)

        screen.page.on("console", heard)
        screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
        return screen


@asynccontextmanager
async def _served(services: Services, port: int) -> AsyncIterator[None]:
    app = web_app(services)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None)
    server = Server(config)
    task = asyncio.create_task(server.serve())
    await server.up.wait()
    yield
    server.should_exit = True
    app.state.front.feed.end()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture
async def office(house: House) -> AsyncIterator[Office]:
    """The house with its pages served, and a browser; skipped without one, unless one is required."""
    if CHROMIUM is None:
        if os.environ.get("TRIAGE_REQUIRE_BROWSER") == "1":
            pytest.fail("no Chromium here; set TRIAGE_CHROMIUM to its path")
        pytest.skip("no Chromium here; set TRIAGE_CHROMIUM to its path")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    settings = house.services.settings
    web = settings.web.model_copy(update={"port": port, "public_url": origin})
    services = replace(house.services, settings=settings.model_copy(update={"web": web}))
    async with _served(services, port), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield Office(replace(house, services=services), origin, browser)
        await browser.close()
