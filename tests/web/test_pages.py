"""The pages: what they show, and that answering works by plain forms."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.lab import ELENA, KARIN, OWN_LICENCE, PASSWORD
from tests.web.conftest import NOBODY, Desk, hidden
from triage.domain.run import RunState
from triage.store.reviews import ReviewState
from triage.web.callers import Role

HOSTILE = {
    "short_description": 'A licence <script>alert("1")</script>',
    "description": "<img src=x onerror=alert(2)> {{ 7 * 7 }} </textarea><form action=//evil> a licence",
    "caller_id": KARIN,
}


async def test_what_waits_is_listed_with_what_would_change(desk: Desk) -> None:
    review = await desk.waiting()
    page = (await (await desk.browser(Role.APPROVER, upn=ELENA)).get("/")).text
    assert f'href="/tickets/{review.ticket_id}"' in page
    assert "<ins>assigned</ins>" in page
    assert "any approver" in page or "the direct manager" in page


async def test_filters_leave_out_what_was_not_asked_for(desk: Desk) -> None:
    review = await desk.waiting()
    browser = await desk.browser(Role.APPROVER, upn=ELENA)
    for query, listed in (
        ("mine=true", True),
        ("label=license_assign", True),
        ("label=password_reset", False),
        ("kind=plan", True),
        ("kind=question", False),
    ):
        assert (str(review.ticket_id) in (await browser.get(f"/?{query}")).text) is listed, query
    asker = await desk.browser(Role.APPROVER, upn=KARIN)
    assert str(review.ticket_id) not in (await asker.get("/?mine=true")).text


async def test_a_ticket_shows_what_a_person_needs_to_answer(desk: Desk) -> None:
    review = await desk.waiting()
    page = (await (await desk.browser(Role.APPROVER, upn=ELENA)).get(f"/tickets/{review.ticket_id}")).text
    decision = (await desk.token(Role.VIEWER)).get(f"/api/v1/tickets/{review.ticket_id}")
    told = (await decision).json()["decision"]
    for rule in told["rules"]:
        assert rule["id"] in page
    for text in (
        "Karin Wright",
        "Elena Bianchi",
        "POWER BI PRO",
        "Undo",
        "Last sign-in",
        review.fingerprint[:12],
    ):
        assert text in page
    assert "was taken in from servicenow" in page


async def test_hostile_text_stays_text(desk: Desk) -> None:
    stored = await desk.lab.decide(HOSTILE)
    browser = await desk.browser(Role.APPROVER, upn=ELENA)
    for path in ("/", "/activity", f"/tickets/{stored.id}"):
        page = (await browser.get(path)).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "//evil" not in page or "&lt;form" in page
        assert "49" not in re.sub(r"<[^>]+>", "", page).partition("What was written")[2][:300]


async def test_approving_is_a_plain_form(desk: Desk) -> None:
    review = await desk.waiting()
    browser = await desk.browser(Role.APPROVER, upn=ELENA)
    page = (await browser.get(f"/tickets/{review.ticket_id}")).text
    form = {"fingerprint": hidden(page, "fingerprint"), "key": hidden(page, "key")}
    answer = await browser.post(f"/reviews/{review.id}/approve", data=form)
    assert answer.headers["location"] == f"/tickets/{review.ticket_id}?said=approved"
    (run,) = await desk.lab.runs(review.ticket_id)
    assert (await desk.lab.finish(run)).state is RunState.VERIFIED
    assert "Approved." in (await browser.get(answer.headers["location"])).text


async def test_a_second_click_is_the_same_answer_and_a_second_person_is_told(desk: Desk) -> None:
    review = await desk.waiting()
    browser = await desk.browser(Role.APPROVER, upn=ELENA)
    page = (await browser.get(f"/tickets/{review.ticket_id}")).text
    form = {"fingerprint": hidden(page, "fingerprint"), "key": hidden(page, "key")}
    url = f"/reviews/{review.id}/reject"
    assert {(await browser.post(url, data=form)).status_code for _ in range(3)} == {303}
    late = await browser.post(url, data={**form, "key": "another"})
    assert late.status_code == 409
    assert "this review is rejected" in late.text


async def test_whoever_may_not_approve_reads_why_and_has_no_button(desk: Desk) -> None:
    review = await desk.waiting()
    page = (await (await desk.browser(Role.APPROVER, upn=KARIN)).get(f"/tickets/{review.ticket_id}")).text
    assert "Nobody approves what they asked for." in page
    assert f"/reviews/{review.id}/approve" not in page
    viewer = (await (await desk.browser(Role.VIEWER)).get(f"/tickets/{review.ticket_id}")).text
    assert f"/reviews/{review.id}/" not in viewer


async def test_a_stale_plan_shows_what_changed(desk: Desk) -> None:
    review = await desk.waiting()
    browser = await desk.browser(Role.APPROVER, upn=ELENA)
    page = (await browser.get(f"/tickets/{review.ticket_id}")).text
    form = {"fingerprint": hidden(page, "fingerprint"), "key": hidden(page, "key")}
    await browser.post(f"/reviews/{review.id}/approve", data=form)
    (run,) = await desk.lab.runs(review.ticket_id)
    desk.lab.user(KARIN)["displayName"] = "Karin Novak"
    desk.lab.pass_time(timedelta(minutes=1))
    await desk.lab.finish(run)
    page = (await browser.get(f"/tickets/{review.ticket_id}")).text
    again = await desk.lab.review(review.ticket_id)
    assert again.id != review.id
    assert again.state is ReviewState.OPEN
    assert "It came back because" in page
    assert "no longer: licence POWER BI PRO of Karin Wright" in page
    assert "new: licence POWER BI PRO of Karin Novak" in page
    late = await browser.post(f"/reviews/{again.id}/approve", data={**form, "key": "a new one"})
    assert late.status_code == 409
    assert "What changed since" in late.text


async def test_a_credential_step_asks_for_a_fresh_sign_in_and_a_word(desk: Desk) -> None:
    review = await desk.waiting({**PASSWORD, "contact_type": "email"})
    page_of = f"/tickets/{review.ticket_id}"
    roles = (Role.APPROVER, Role.ADMIN)
    analyst = await desk.browser(Role.APPROVER, upn="erik.haddad@harborline.example")
    await analyst.post(f"/reviews/{review.id}/callback", data={"outcome": "reached"})
    stale = await desk.browser(*roles, upn=ELENA, ago=desk.lab.services.settings.web.session / 2)
    page = (await stale.get(page_of)).text
    assert "Sign in again" in page
    form = {"fingerprint": hidden(page, "fingerprint"), "key": "1", "confirmed": "yes"}
    url = f"/reviews/{review.id}/approve"
    assert (await stale.post(url, data=form)).status_code == 403
    fresh = await desk.browser(*roles, upn=ELENA)
    assert 'name="confirmed"' in (await fresh.get(page_of)).text
    assert (await fresh.post(url, data={**form, "confirmed": ""})).status_code == 422
    assert (await fresh.post(url, data=form)).status_code == 303


async def test_correcting_is_a_plain_form(desk: Desk) -> None:
    review = await desk.waiting()
    browser = await desk.browser(Role.APPROVER, upn=ELENA)
    page = (await browser.get(f"/tickets/{review.ticket_id}")).text
    form = {"fingerprint": hidden(page, "fingerprint"), "key": hidden(page, "key"), "label": "license_remove"}
    answer = await browser.post(f"/reviews/{review.id}/correct", data=form)
    assert answer.headers["location"].endswith("?said=corrected")


async def test_tickets_are_found_by_number_and_state(desk: Desk) -> None:
    stored = await desk.lab.decide(OWN_LICENCE)
    browser = await desk.browser(Role.VIEWER)
    for query, found in (
        (f"number={stored.ticket.number.lower()}", True),
        ("number=%25", False),
        ("state=review", True),
        ("state=resolved", False),
        ("label=license_assign", True),
        ("label=other", False),
        ("state=nonsense", True),
    ):
        assert (str(stored.id) in (await browser.get(f"/activity?{query}")).text) is found, query
    assert (await browser.get("/activity?after=x")).status_code == 422


async def test_the_switch_is_turned_with_a_reason_and_shown_everywhere(desk: Desk) -> None:
    admin, viewer = await desk.browser(Role.ADMIN, upn=ELENA), await desk.browser(Role.VIEWER)
    assert (await admin.post("/switch/halt", data={"what": "all", "reason": " "})).status_code == 422
    await admin.post("/switch/halt", data={"what": "tier:3", "reason": "odd calls"})
    for path in ("/", "/activity", "/switch"):
        page = (await viewer.get(path)).text
        assert "tier 3 and above" in page
        assert "odd calls" in page
    assert "/switch/resume" not in (await viewer.get("/switch")).text
    await admin.post("/switch/resume", data={"what": "tier:3"})
    assert "Nothing is halted" in (await viewer.get("/switch")).text


async def test_signing_in_leads_nowhere_else(desk: Desk) -> None:
    client = await desk.client()
    for back in ("https://evil.example", "//evil.example", "/\\evil.example"):
        page = await client.get("/sign-in", params={"back": back})
        assert "evil" not in page.text


async def test_signing_out_ends_the_session(desk: Desk) -> None:
    browser = await desk.browser(Role.VIEWER)
    await browser.post("/sign-out")
    browser.cookies.clear()
    assert (await browser.get("/")).status_code == 303


async def test_a_ticket_that_is_not_there_is_a_page_that_says_so(desk: Desk) -> None:
    page = await (await desk.browser(Role.VIEWER)).get(f"/tickets/{NOBODY}")
    assert page.status_code == 404
    assert "There is no such ticket" in page.text
