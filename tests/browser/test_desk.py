"""The desk in a real browser: by keyboard, without scripts, live, and as it looks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Office, Screen
from tests.house import Case
from tests.lab import ELENA, KARIN, OWN_LICENCE, PASSWORD
from triage.domain.run import TicketState

SHOTS = Path("var") / "screenshots"
STAFF = {
    "short_description": "Unlock and restart: the licence of the label printer",
    "description": "Hello,\n\nplease restart labels.\n\nFrom: Bob\nSubject: RE: labels\n\nold words",
    "caller_id": KARIN,
    "contact_type": "email",
}


async def waiting(office: Office, row: dict[str, str]) -> Case:
    case = await office.house.settled(office.house.play(**row))
    assert case.stored.state is TicketState.REVIEW
    return case


def holder(office: Office, role: str) -> str:
    """Return the UPN of somebody with this app role."""
    tenant = office.house.sandbox.apps.tenant
    found = next(user_id for user_id, roles in sorted(tenant.api_roles.items()) if role in roles)
    upn: str = tenant.users[found]["userPrincipalName"]
    return upn


async def test_an_administrator_approves_by_keyboard_alone(office: Office) -> None:
    case = await waiting(office, OWN_LICENCE)
    screen = await office.screen()
    await screen.open("/")
    await screen.sign_in(holder(office, "admin"))
    keys = screen.page.keyboard
    await keys.press("j")
    await keys.press("Enter")
    await expect(screen.page.get_by_role("heading", level=1)).to_have_text(OWN_LICENCE["short_description"])
    await keys.press("a")
    await expect(screen.page.get_by_text("Approved.")).to_be_visible()
    await expect(screen.page.locator(".facts .badge.resolved")).to_be_visible(timeout=20_000)
    assert "POWER_BI_PRO" in office.house.licences(KARIN)
    assert (await office.house.stored(case.stored.id)).state is TicketState.RESOLVED
    assert screen.complaints == []


async def test_a_credential_step_needs_a_call_back_and_is_asked_once_more(office: Office) -> None:
    await waiting(office, {**PASSWORD, "contact_type": "email"})
    screen = await office.screen()
    await screen.open("/")
    await screen.sign_in(holder(office, "admin"))
    await screen.page.keyboard.press("j")
    await screen.page.keyboard.press("Enter")
    await screen.page.wait_for_url("**/tickets/*")
    await screen.page.get_by_role("link", name="Call back").click()
    await screen.page.get_by_label("I called this number").check()
    await screen.page.get_by_role("button", name="Log the call").click()
    await screen.page.wait_for_url("**/tickets/*")
    await screen.page.keyboard.press("a")
    await expect(screen.page.get_by_role("dialog")).to_contain_text("Have you checked who asks")
    await screen.page.keyboard.press("Enter")
    await expect(screen.page.get_by_text(re.compile("Your approval is kept|Approved"))).to_be_visible()
    assert screen.complaints == []


async def test_a_label_is_corrected_by_keyboard_alone(office: Office) -> None:
    case = await waiting(office, OWN_LICENCE)
    screen = await office.screen()
    await screen.open(f"/tickets/{case.stored.id}")
    await screen.sign_in(holder(office, "admin"))
    keys = screen.page.keyboard
    await keys.press("c")
    await keys.type("license_remove")
    await seen(screen, "correct")
    await keys.press("Enter")
    await expect(screen.page.get_by_text("Corrected.")).to_be_visible()
    await expect(screen.page.locator(".timeline")).to_contain_text("corrected to license_remove")
    assert screen.complaints == []


async def test_the_queue_follows_by_itself(office: Office) -> None:
    screen = await office.screen()
    await screen.open("/")
    await screen.sign_in(holder(office, "admin"))
    await expect(screen.page.get_by_text("Nothing waits.")).to_be_visible()
    await expect(screen.page.locator("#dot")).to_be_visible()
    case = await waiting(office, OWN_LICENCE)
    await expect(screen.page.get_by_text(case.stored.ticket.number)).to_be_visible(timeout=10_000)
    await expect(screen.page.locator("#waiting")).to_contain_text("1")


async def test_a_ticket_under_somebodys_eyes_says_that_it_changed(office: Office) -> None:
    played = office.house.play(**OWN_LICENCE)
    case = await office.house.settled(played)
    screen = await office.screen()
    await screen.open(f"/tickets/{case.stored.id}")
    await screen.sign_in(holder(office, "admin"))
    await expect(screen.page.locator("#dot")).to_be_visible()
    office.house.comment(played, KARIN, "No, sorry, Visio please.")
    await office.house.settled(played, after=case)
    await expect(screen.page.locator("#news")).to_be_visible(timeout=10_000)


async def test_everything_works_without_scripts(office: Office) -> None:
    case = await waiting(office, OWN_LICENCE)
    screen = await office.screen(scripts=False)
    await screen.open("/")
    await screen.sign_in(holder(office, "admin"))
    await screen.page.get_by_role("link", name=case.stored.ticket.number).click()
    await screen.page.get_by_role("button", name="Reject").click()
    await expect(screen.page.get_by_text("Rejected. People take the ticket over.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_the_manager_opens_the_mailed_link_once(office: Office, scripts: bool) -> None:
    await office.house.settled(office.house.play(**PASSWORD))
    outbox = office.house.sandbox.apps.tenant.outbox
    (mail,) = (one for one in outbox if "/secrets/" in one.body)
    mailed = next(word for word in mail.body.split() if "/secrets/" in word)
    link = office.origin + mailed[mailed.index("/secrets/") :]
    screen = await office.screen(scripts=scripts)
    await screen.page.goto(link)
    if scripts:
        assert "#" not in screen.page.url
    await screen.sign_in(ELENA)
    await expect(screen.page.get_by_text("You are helping Karin Wright")).to_be_visible()
    if not scripts:
        await screen.page.get_by_label("The link from the mail").fill(link)
    await screen.page.get_by_role("checkbox").check()
    await screen.page.get_by_role("button", name="Show the temporary password once").click()
    await expect(screen.page.locator("#secret")).to_have_text(re.compile(r"^\S{12,}$"))
    await seen(screen, f"opened-{scripts}")
    await screen.open("/sign-in")
    await screen.page.goto(link)
    assert await screen.page.locator("#secret").count() == 0
    assert screen.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 360])
async def test_pages_fit_and_can_be_read(office: Office, width: int, scheme: str) -> None:
    """Screenshots are kept in var/screenshots."""
    case = await waiting(office, OWN_LICENCE)
    await office.house.settled(office.house.play(**STAFF))
    screen = await office.screen(width=width, scheme=scheme)
    await screen.open("/")
    await seen(screen, f"sign-in-{width}-{scheme}")
    await screen.sign_in(holder(office, "admin"))
    ticket = f"/tickets/{case.stored.id}"
    pages = {"queue": "/", "ticket": ticket, "activity": "/activity", "switch": "/switch"}
    for name, path in {**pages, "secret": "/secrets/00000000-0000-0000-0000-000000000000"}.items():
        await screen.open(path)
        await seen(screen, f"{name}-{width}-{scheme}")
    assert screen.complaints == []


async def seen(screen: Screen, name: str) -> None:
    """Keep a picture of the page and hold it to what can be measured."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    await screen.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    assert await faults(screen.page) == [], name


async def faults(page: Page) -> list[str]:
    """Return what is wrong with a page for people who see, read or navigate differently."""
    script = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")
    found: list[str] = await page.evaluate(script)
    return found
