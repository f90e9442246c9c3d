"""The outbox and the change log in the window: what can be followed, and what differs."""

from __future__ import annotations

import httpx

from tests.sandbox.servicenow.company import FREYA, Harborline
from tests.sandbox.window.company_seen import change, id_of, mail, seen
from triage.sandbox.tenant import record
from triage.sandbox.window.changes import differences


async def test_a_mail_shows_its_text_and_links_that_can_be_followed(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    made = mail(company, "Open http://127.0.0.1:8080/secrets/x. Not javascript:alert(1)")
    page = await seen(client, f"/mail/{made.id}")
    links = [link["href"] for link in page.select('.letter a[target="_blank"]')]
    assert links == ["http://127.0.0.1:8080/secrets/x"]


async def test_of_a_mail_in_html_only_text_and_web_links_are_left(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    body = '<p>Hello <b>you</b></p><a href="javascript:alert(1)">a</a><a href="https://x.test/?a=1&amp;b=2">b</a>'
    made = mail(company, body, kind="HTML")
    page = await seen(client, f"/mail/{made.id}")
    assert [link["href"] for link in page.select('.letter a[target="_blank"]')] == ["https://x.test/?a=1&b=2"]
    assert page.select(".letter b") == []


async def test_a_change_shows_only_what_differs() -> None:
    company = Harborline()
    before = {"licences": ["A", "B"], "enabled": True, "same": 1, "gone": "x"}
    after = {"licences": ["B", "C"], "enabled": False, "same": 1, "nested": {"a": None}}
    made = record(
        company.tenant, actor="t", area="directory", what="w", target=("i", "n"), before=before, after=after
    )
    shown = {one.field: (one.before, one.after) for one in differences(made)}
    assert shown == {
        "licences": ("A", "C"),
        "enabled": ("yes", "no"),
        "gone": ("x", "nothing"),
        "nested": ("nothing", '{"a": null}'),
    }


async def test_a_change_leads_to_what_was_changed(company: Harborline, client: httpx.AsyncClient) -> None:
    company.incident()
    person, group = id_of(company, FREYA), next(iter(company.tenant.groups))
    change(company, "directory", (person, "Freya"), a=1)
    change(company, "directory", (group, "Group"), a=1)
    change(company, "onprem", ("HL-PRN-01", "HL-PRN-01"), a=1)
    page = await seen(client, "/changes")
    targets = [link["href"] for link in page.select(".target a")]
    assert targets == [f"/groups/{group}", f"/people/{person}", "/tickets/INC0010001"]
    page = await seen(client, "/changes?area=servicenow")
    assert len(page.select(".steps > li")) == 1
