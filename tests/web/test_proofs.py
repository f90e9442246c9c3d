"""The pages on which proofs are asked for and given: they tell the desk, and whoever is asked nothing."""

from __future__ import annotations

import re

from tests.lab import ELENA, KARIN, PASSWORD
from tests.web.conftest import Desk
from triage.store.reviews import Review
from triage.web.callers import Role

ERIK = "erik.haddad@harborline.example"


async def _waiting(desk: Desk) -> Review:
    desk.lab.user(KARIN)["otherMails"] = ["karin@private.example"]
    return await desk.waiting({**PASSWORD, "contact_type": "email"})


async def test_the_number_to_call_is_the_directorys_and_never_the_tickets(desk: Desk) -> None:
    desk.lab.user(KARIN)["otherMails"] = []
    row = {**PASSWORD, "contact_type": "email", "description": "Reset my password, call +49 30 666."}
    review = await desk.waiting(row)
    analyst = await desk.browser(Role.APPROVER, upn=ERIK)

    page = (await analyst.get(f"/reviews/{review.id}/callback")).text

    assert desk.lab.user(KARIN)["mobilePhone"] in page
    assert "666" not in page


async def test_a_logged_call_shows_at_the_ticket(desk: Desk) -> None:
    review = await _waiting(desk)
    analyst = await desk.browser(Role.APPROVER, upn=ERIK)
    assert "not proven" in (await analyst.get(f"/tickets/{review.ticket_id}")).text

    await analyst.post(f"/reviews/{review.id}/callback", data={"outcome": "reached"})

    page = (await analyst.get(f"/tickets/{review.ticket_id}")).text
    assert "one proof" in page
    assert "not proven" not in page


async def test_a_right_a_wrong_and_a_made_up_code_get_the_same_answer(desk: Desk) -> None:
    review = await _waiting(desk)
    analyst = await desk.browser(Role.APPROVER, upn=ERIK)
    await analyst.post(f"/reviews/{review.id}/proofs/code")
    mail = desk.lab.stage.apps.tenant.outbox[-1].body
    path = re.search(r"/prove/[0-9a-f-]{36}", mail)
    code = re.search(r"\b\d{8}\b", mail)
    assert path
    assert code
    person = await desk.client()
    other = "/prove/00000000-0000-0000-0000-000000000000"

    answers = [
        await person.post(where, data={"code": what})
        for where, what in ((path.group(), "1" * 8), (other, code.group()), (path.group(), code.group()))
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text.replace(other, path.group()) for answer in answers}) == 1
    assert "one proof" in (await analyst.get(f"/tickets/{review.ticket_id}")).text


async def test_the_manager_attests_on_a_page_that_opens_for_nobody_else(desk: Desk) -> None:
    review = await _waiting(desk)
    analyst = await desk.browser(Role.APPROVER, upn=ERIK)
    await analyst.post(f"/reviews/{review.id}/proofs/attestation")
    path = re.search(r"/attest/[0-9a-f-]{36}", desk.lab.stage.apps.tenant.outbox[-1].body)
    assert path
    assert (await analyst.get(path.group())).status_code == 404
    manager = await desk.browser(upn=ELENA)
    assert "Karin Wright" in (await manager.get(path.group())).text
    unticked = await manager.post(path.group(), data={"word": "yes"})
    assert unticked.status_code == 422

    await manager.post(path.group(), data={"word": "yes", "seen": "yes"})

    assert "attestation" in (await analyst.get(f"/tickets/{review.ticket_id}")).text


async def test_a_proof_is_asked_for_by_those_who_answer(desk: Desk) -> None:
    review = await _waiting(desk)
    viewer = await desk.browser(Role.VIEWER, upn=ERIK)
    assert (await viewer.get(f"/reviews/{review.id}/callback")).status_code == 403
    for method in ("code", "attestation"):
        assert (await viewer.post(f"/reviews/{review.id}/proofs/{method}")).status_code == 403
