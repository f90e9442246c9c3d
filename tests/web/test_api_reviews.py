"""Answers by the API: bound to what was shown, given once; and what can be halted and undone."""

from __future__ import annotations

from tests.lab import ELENA, KARIN
from tests.web.conftest import NOBODY, Desk, same_problem
from triage.web.callers import Role


async def test_what_waits_comes_in_pages_without_a_gap(desk: Desk) -> None:
    reviews = [
        await desk.waiting({"short_description": "A group", "description": text, "caller_id": KARIN})
        for text in ("which?", "any", "some")
    ]
    client = await desk.token(Role.VIEWER)
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await client.get("/api/v1/reviews", params={"limit": 2, "cursor": cursor})).json()
        found += [one["review"]["id"] for one in page["items"]]
        cursor = page["next"]
    assert found == [str(one.id) for one in sorted(reviews, key=lambda one: (one.opened_at, one.id))]


async def test_a_cursor_that_is_not_ours_is_refused(desk: Desk) -> None:
    client = await desk.token(Role.VIEWER)
    for cursor in ("x", "e30=", "WzEsMl0=", "WyIyMDI2LTAxLTAxIiwgIngiXQ=="):
        same_problem(await client.get("/api/v1/reviews", params={"cursor": cursor}), 422)


async def test_the_manager_approves_and_a_run_begins(desk: Desk) -> None:
    review = await desk.waiting()
    client = await desk.token(Role.APPROVER, person=desk.lab.user(ELENA)["id"])
    url, body = f"/api/v1/reviews/{review.id}/approve", {"fingerprint": review.fingerprint}
    answer = await client.post(url, json=body)
    assert answer.status_code == 200
    assert answer.json()["state"] == "approved"
    run = (await client.get(f"/api/v1/runs/{answer.json()['run_id']}")).json()
    assert run["fingerprint"] == review.fingerprint
    same_problem(await client.post(url, json=body), 409)


async def test_asked_again_with_its_key_the_first_answer_comes_again(desk: Desk) -> None:
    review = await desk.waiting()
    client = await desk.token(Role.APPROVER, person=desk.lab.user(ELENA)["id"])
    url, body = f"/api/v1/reviews/{review.id}/approve", {"fingerprint": review.fingerprint}
    answers = [await client.post(url, json=body, headers={"Idempotency-Key": "k"}) for _ in range(3)]
    assert len({answer.text for answer in answers}) == 1
    same_problem(
        await client.post(f"/api/v1/reviews/{review.id}/reject", json=body, headers={"Idempotency-Key": "k"}),
        422,
    )


async def test_a_plan_that_was_not_shown_is_not_approved(desk: Desk) -> None:
    review = await desk.waiting()
    client = await desk.token(Role.APPROVER, person=desk.lab.user(ELENA)["id"])
    url = f"/api/v1/reviews/{review.id}/approve"
    same_problem(await client.post(url, json={"fingerprint": "f" * 64}), 409)
    same_problem(await client.post(url, json={}), 422)


async def test_nobody_approves_for_themselves(desk: Desk) -> None:
    review = await desk.waiting()
    client = await desk.token(Role.APPROVER, Role.ADMIN, person=desk.lab.user(KARIN)["id"])
    body = {"fingerprint": review.fingerprint}
    same_problem(await client.post(f"/api/v1/reviews/{review.id}/approve", json=body), 403)


async def test_a_correction_is_decided_anew_and_a_rejection_is_not(desk: Desk) -> None:
    review = await desk.waiting()
    client = await desk.token(Role.APPROVER, person=desk.lab.user(ELENA)["id"])
    seen = {"fingerprint": review.fingerprint}
    url = f"/api/v1/reviews/{review.id}"
    same_problem(await client.post(f"{url}/correct", json={**seen, "label": "nonsense"}), 422)
    corrected = await client.post(f"{url}/correct", json={**seen, "label": "license_remove"})
    assert corrected.json()["state"] == "corrected"
    same_problem(await client.post(f"{url}/reject", json=seen), 409)


async def test_there_is_no_answer_to_what_is_not_there(desk: Desk) -> None:
    client = await desk.token(Role.APPROVER)
    body = {"fingerprint": ""}
    same_problem(await client.post(f"/api/v1/reviews/{NOBODY}/approve", json=body), 404)
    same_problem(await (await desk.token(Role.ADMIN)).post(f"/api/v1/runs/{NOBODY}/undo"), 404)


async def test_a_halt_is_set_seen_and_lifted(desk: Desk) -> None:
    client = await desk.token(Role.ADMIN)
    wish = {"scope": "action", "key": "assign_license"}
    same_problem(await client.post("/api/v1/halt", json=wish), 422)
    same_problem(
        await client.post("/api/v1/halt", json={"scope": "tier", "key": "9", "reason": "why not"}), 422
    )
    halted = (await client.post("/api/v1/halt", json={**wish, "reason": "wrong seats"})).json()
    assert [(one["halt"], one["reason"]) for one in halted["everywhere"]] == [(wish, "wrong seats")]
    assert "wrong seats" in (await (await desk.browser(Role.VIEWER)).get("/")).text
    for misspelt in ({}, {"action": "assign_license"}, {**wish, "name": "x"}):
        same_problem(await client.post("/api/v1/resume", json=misspelt), 422)
    assert "wrong seats" in (await (await desk.browser(Role.VIEWER)).get("/")).text
    lifted = (await client.post("/api/v1/resume", json=wish)).json()
    assert lifted["everywhere"] == []


async def test_a_verified_run_is_taken_back_by_an_administrator(desk: Desk) -> None:
    review = await desk.waiting()
    client = await desk.token(Role.APPROVER, Role.ADMIN, person=desk.lab.user(ELENA)["id"])
    body = {"fingerprint": review.fingerprint}
    answer = await client.post(f"/api/v1/reviews/{review.id}/approve", json=body)
    (run,) = await desk.lab.runs(review.ticket_id)
    same_problem(await client.post(f"/api/v1/runs/{run.id}/undo"), 403)
    await desk.lab.finish(run)
    assert "POWER_BI_PRO" in desk.lab.licences(KARIN)
    undoing = await client.post(f"/api/v1/runs/{answer.json()['run_id']}/undo")
    assert (undoing.status_code, undoing.json()["state"]) == (202, "undoing")
    (run,) = await desk.lab.runs(review.ticket_id)
    await desk.lab.finish(run)
    assert "POWER_BI_PRO" not in desk.lab.licences(KARIN)
