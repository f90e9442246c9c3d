"""The pages for whoever is asked without having an app role: what names them, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from tests.lab import ELENA, KARIN
from tests.web.conftest import Desk, hidden
from triage.store.reviews import ReviewState

OLGA, STRANGER = "olga.hoffmann@harborline.example", "noah.horvat@harborline.example"


async def test_a_manager_without_a_role_sees_the_ask_and_agrees(desk: Desk) -> None:
    review = await desk.waiting()
    browser = await desk.browser(upn=ELENA)

    assert f"/asks/{review.id}" in (await browser.get("/asks")).text
    page = (await browser.get(f"/asks/{review.id}")).text
    assert "Karin Wright" in page
    assert "POWER_BI_PRO" in page
    form = {"fingerprint": hidden(page, "fingerprint"), "key": hidden(page, "key")}
    answer = await browser.post(f"/asks/{review.id}/approve", data=form)

    assert (answer.status_code, answer.headers["location"]) == (303, "/asks?said=approved")
    assert len(await desk.lab.runs(review.ticket_id)) == 1


async def test_a_second_click_is_told_that_it_was_answered(desk: Desk) -> None:
    review = await desk.waiting()
    browser = await desk.browser(upn=ELENA)
    form = {"fingerprint": review.fingerprint, "key": "one"}
    await browser.post(f"/asks/{review.id}/approve", data=form)

    again = await browser.post(f"/asks/{review.id}/approve", data={**form, "key": "two"})

    assert again.status_code == 409
    assert len(await desk.lab.runs(review.ticket_id)) == 1


async def test_saying_no_needs_no_role_either(desk: Desk) -> None:
    review = await desk.waiting()
    browser = await desk.browser(upn=ELENA)
    await browser.post(f"/asks/{review.id}/reject", data={"fingerprint": review.fingerprint})

    assert (await desk.lab.review(review.ticket_id)).state is ReviewState.REJECTED


async def test_an_ask_that_names_somebody_else_is_nowhere(desk: Desk) -> None:
    """Neither the requester nor a colleague learns whether there is such a review."""
    review = await desk.waiting()
    for upn in (KARIN, OLGA, STRANGER):
        browser = await desk.browser(upn=upn)
        form = {"fingerprint": review.fingerprint}
        assert "Nothing is asked of you" in (await browser.get("/asks")).text
        assert (await browser.get(f"/asks/{review.id}")).status_code == 404
        for answer in ("approve", "reject"):
            assert (await browser.post(f"/asks/{review.id}/{answer}", data=form)).status_code == 404
    assert (await desk.lab.review(review.ticket_id)).state is ReviewState.OPEN


async def test_the_asked_see_no_more_of_the_desk(desk: Desk) -> None:
    review = await desk.waiting()
    browser = await desk.browser(upn=ELENA)
    for path in ("/", "/activity", f"/tickets/{review.ticket_id}", "/switch"):
        assert (await browser.get(path)).status_code == 403


async def test_a_deputy_is_named_on_the_page_and_answers(desk: Desk) -> None:
    elena, olga = await desk.browser(upn=ELENA), await desk.browser(upn=OLGA)
    today = desk.lab.services.clock().date()
    span = {"starts": str(today), "ends": str(today + timedelta(days=3))}
    named = await elena.post("/deputies", data={"deputy": OLGA, **span})
    assert named.status_code == 303
    review = await desk.waiting()

    assert f"/asks/{review.id}" in (await olga.get("/asks")).text
    form = {"fingerprint": review.fingerprint}
    assert (await olga.post(f"/asks/{review.id}/approve", data=form)).status_code == 303


async def test_an_open_browser_names_no_deputy(desk: Desk) -> None:
    browser = await desk.browser(upn=ELENA, ago=timedelta(hours=1))
    day = str(desk.lab.services.clock().date())
    answer = await browser.post("/deputies", data={"deputy": OLGA, "starts": day, "ends": day})

    assert answer.status_code == 403
    assert "Sign in again" in (await browser.get("/deputies")).text
