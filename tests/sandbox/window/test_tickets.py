"""Tickets in the window: the record, its activity, searching, and hostile text that stays text."""

from __future__ import annotations

import httpx
import pytest
from bs4 import BeautifulSoup

from tests.sandbox.servicenow.company import FREYA, Harborline
from tests.sandbox.window.company_seen import HOSTILE, ITIL, id_of, mail, seen
from triage.sandbox.servicenow.play import put_in
from triage.sandbox.servicenow.writing import update


async def test_a_ticket_shows_its_form_its_variables_and_its_activity(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    row = company.incident("My screen is black")
    update(company.instance, "incident", row, {"work_notes": "Looked up the person."}, ITIL)
    solved = {
        "state": "6",
        "close_code": "Solution provided",
        "close_notes": "Done.",
        "comments": "It works again.",
    }
    update(company.instance, "incident", row, solved, ITIL)
    page = await seen(client, "/tickets/INC0010001")
    text = page.get_text(" ", strip=True)
    for part in (
        "My screen is black",
        "Freya Ramos",
        "Resolved",
        "Solution provided",
        "Looked up the person.",
    ):
        assert part in text
    kinds = [item["class"] for item in page.select(".activity > li")]
    assert sorted(kinds) == [["change"], ["change"], ["comments"], ["work_notes"]]


async def test_a_requested_item_shows_its_form(company: Harborline, client: httpx.AsyncClient) -> None:
    put_in(company.instance, {"caller_id": FREYA, "cat_item": "Notebook", "variables": {"screen_size": "14"}})
    page = await seen(client, "/tickets/RITM0010001")
    assert "Screen size" in page.get_text()
    assert page.select_one(f'a[href="/people/{id_of(company, FREYA)}"]')


async def test_tickets_are_found_by_state_and_word(company: Harborline, client: httpx.AsyncClient) -> None:
    company.incident("Printer on fire")
    update(company.instance, "incident", company.incident("VPN"), {"state": "2"}, ITIL)
    for address, numbers in {
        "/tickets": ["INC0010002", "INC0010001"],
        "/tickets?q=PRINTER": ["INC0010001"],
        "/tickets?state=In Progress": ["INC0010002"],
        "/tickets?state=In Progress&q=printer": [],
    }.items():
        page = await seen(client, address)
        assert [link.get_text() for link in page.select("tbody th a")] == numbers


async def test_a_long_list_is_turned_page_by_page(company: Harborline, client: httpx.AsyncClient) -> None:
    for _ in range(101):
        company.incident()
    page = await seen(client, "/tickets?page=2")
    assert [link.get_text() for link in page.select("tbody th a")] == ["INC0010001"]
    for beyond in ("0", "99", "-1", "x", "²"):
        assert (await client.get("/tickets", params={"page": beyond})).status_code == 200


@pytest.mark.parametrize(
    "address", ["/", "/tickets", "/tickets/INC0010001", "/changes", "/mail", "/mail/mail-0"]
)
async def test_markup_in_a_ticket_or_mail_stays_text(
    company: Harborline, client: httpx.AsyncClient, address: str
) -> None:
    row = company.incident(HOSTILE)
    update(
        company.instance,
        "incident",
        row,
        {"description": HOSTILE, "work_notes": HOSTILE, "comments": HOSTILE},
        ITIL,
    )
    mail(company, HOSTILE, subject=HOSTILE)
    page = await seen(client, address)
    assert [tag["src"] for tag in page.find_all("script")] == ["/static/window.js"]
    assert page.select("[onerror]") == []
    if address != "/":
        assert HOSTILE in page.get_text()


async def test_a_search_word_comes_back_as_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/tickets", params={"q": HOSTILE, "state": HOSTILE})
    assert "<script>alert" not in answer.text
    assert BeautifulSoup(answer.text, "html.parser").select_one("#q")["value"] == HOSTILE  # type: ignore[index]
