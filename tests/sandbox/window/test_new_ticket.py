"""The one form of the window: a ticket of one's own, as somebody of the company."""

from __future__ import annotations

import httpx
import pytest
from bs4 import BeautifulSoup

from tests.sandbox.servicenow.company import FREYA, Harborline

FILLED = {
    "caller_id": FREYA,
    "contact_type": "phone",
    "short_description": "Reset my password",
    "description": "Please",
}


async def test_a_filled_form_opens_a_ticket_and_leads_to_it(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/tickets/new", data=FILLED)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tickets/INC0010001")
    [row] = company.instance.tables["incident"].values()
    assert (row["short_description"], row["description"], row["contact_type"]) == (
        "Reset my password",
        "Please",
        "phone",
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"caller_id": "Anna Schmidt"}, "caller_id"),
        ({"caller_id": ""}, "caller_id"),
        ({"short_description": " ", "description": ""}, "short_description"),
        ({"contact_type": "pigeon"}, "contact_type"),
    ],
)
async def test_a_mistake_is_named_at_its_field_and_nothing_is_lost(
    company: Harborline, client: httpx.AsyncClient, changed: dict[str, str], field: str
) -> None:
    answer = await client.post("/tickets/new", data=FILLED | changed)
    page = BeautifulSoup(answer.text, "html.parser")
    [wrong] = page.select("[aria-invalid]")
    assert answer.status_code == 422
    assert wrong["name"] == field
    assert page.select_one(f"#{wrong['aria-describedby']}")
    assert company.instance.tables["incident"] == {}
    if "description" not in changed:
        assert page.textarea
        assert page.textarea.get_text() == "Please"


async def test_another_site_cannot_send_the_form(company: Harborline, client: httpx.AsyncClient) -> None:
    for origin in ("https://attacker.example", "null", "http://127.0.0.1:9999"):
        assert (await client.post("/tickets/new", data=FILLED, headers={"Origin": origin})).status_code == 403
    assert company.instance.tables["incident"] == {}
    own = {"Origin": "http://127.0.0.1:8090"}
    assert (await client.post("/tickets/new", data=FILLED, headers=own)).status_code == 303


async def test_a_browser_that_hides_where_the_form_was_may_send_it_from_the_own_page(
    client: httpx.AsyncClient,
) -> None:
    hidden = {"Origin": "null"}
    other = hidden | {"Sec-Fetch-Site": "cross-site"}
    assert (await client.post("/tickets/new", data=FILLED, headers=other)).status_code == 403
    own = hidden | {"Sec-Fetch-Site": "same-origin"}
    assert (await client.post("/tickets/new", data=FILLED, headers=own)).status_code == 303
