"""The people a review names: asked once, by two ways, reminded, given up on, and stood in for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.lab import ELENA, KARIN, OWN_LICENCE, PASSWORD, Lab
from triage.domain.decision import ApproverRole
from triage.errors import BadInput, NotAllowed
from triage.sandbox.servicenow.history import Author
from triage.sandbox.servicenow.instance import Row
from triage.sandbox.servicenow.writing import update
from triage.store import invitations, notes
from triage.store import reviews as stored_reviews
from triage.store.reviews import Review, ReviewState
from triage.workflow.answering import Approver, Shown
from triage.workflow.approvals import approve, reject
from triage.workflow.asking import ask_people
from triage.workflow.records import read_records
from triage.workflow.substitution import end_deputy, name_deputy
from triage.workflow.upkeep import tend_reviews

OLGA, RAHUL = "olga.hoffmann@harborline.example", "rahul.fischer@harborline.example"
"""Both work in Sales for Elena."""
DESK = "triage.integration"


def _person(lab: Lab, upn: str, *, fresh: bool = True) -> Approver:
    """Somebody without any app role."""
    return Approver(lab.user(upn)["id"], upn, frozenset(), fresh_sign_in=fresh)


async def _asked(lab: Lab) -> Review:
    stored = await lab.decide(OWN_LICENCE)
    review = await lab.review(stored.id)
    await ask_people(lab.services, review.id)
    return review


def _record(lab: Lab) -> Row:
    (record,) = lab.stage.apps.instance.tables["sysapproval_approver"].values()
    return record


def _answer(lab: Lab, state: str, user: str) -> None:
    update(lab.stage.apps.instance, "sysapproval_approver", _record(lab), {"state": state}, Author(user))


async def _notes(lab: Lab, review: Review) -> str:
    async with lab.services.engine.connect() as conn:
        return "\n".join(note.body for note in await notes.of_ticket(conn, review.ticket_id))


def _shown(review: Review) -> Shown:
    return Shown(review.id, review.fingerprint)


async def test_a_manager_without_an_app_role_agrees_as_the_manager(lab: Lab) -> None:
    review = await _asked(lab)

    answer = await approve(lab.services, _shown(review), _person(lab, ELENA))

    assert answer.state is ReviewState.APPROVED
    async with lab.services.engine.connect() as conn:
        (given,) = await stored_reviews.approvals_of(conn, review.id)
    assert given.capacity is ApproverRole.MANAGER


async def test_a_manager_without_an_app_role_says_no_too_and_nobody_else_without_one(lab: Lab) -> None:
    review = await _asked(lab)
    with pytest.raises(NotAllowed):
        await reject(lab.services, _shown(review), _person(lab, OLGA))

    assert (await reject(lab.services, _shown(review), _person(lab, ELENA))).state is ReviewState.REJECTED


async def test_the_manager_is_asked_by_one_mail_and_one_record_and_nothing_in_them_decides(lab: Lab) -> None:
    review = await _asked(lab)
    await ask_people(lab.services, review.id)

    (mail,) = lab.stage.apps.tenant.outbox
    assert mail.to == (ELENA,)
    assert f"/asks/{review.id}" in mail.body
    assert _record(lab)["state"] == "requested"
    assert (await lab.review(review.ticket_id)).state is ReviewState.OPEN


async def test_the_approvers_own_answer_in_servicenow_counts(lab: Lab) -> None:
    review = await _asked(lab)
    _answer(lab, "approved", ELENA)

    await read_records(lab.services)

    (run,) = await lab.runs(review.ticket_id)
    assert run.fingerprint == review.fingerprint
    assert (await lab.review(review.ticket_id)).state is ReviewState.APPROVED


async def test_a_no_in_servicenow_hands_the_ticket_to_people(lab: Lab) -> None:
    review = await _asked(lab)
    _answer(lab, "rejected", ELENA)

    await read_records(lab.services)

    assert (await lab.review(review.ticket_id)).state is ReviewState.REJECTED


@pytest.mark.parametrize("who", [KARIN, RAHUL, DESK])
async def test_an_answer_that_somebody_else_wrote_into_the_record_does_not_count(lab: Lab, who: str) -> None:
    review = await _asked(lab)
    _answer(lab, "approved", who)

    await read_records(lab.services)

    assert (await lab.review(review.ticket_id)).state is ReviewState.OPEN
    assert await lab.runs(review.ticket_id) == ()
    assert "somebody else than the approver answered" in await _notes(lab, review)


async def test_a_touch_by_the_approver_does_not_make_somebody_elses_answer_theirs(lab: Lab) -> None:
    """`sys_updated_by` alone would say Elena; the audit says who changed the state."""
    review = await _asked(lab)
    _answer(lab, "approved", RAHUL)
    update(lab.stage.apps.instance, "sysapproval_approver", _record(lab), {"comments": "?"}, Author(ELENA))

    await read_records(lab.services)

    assert (await lab.review(review.ticket_id)).state is ReviewState.OPEN


async def test_a_record_that_was_passed_on_does_not_count(lab: Lab) -> None:
    review = await _asked(lab)
    users = lab.stage.apps.instance.tables["sys_user"].values()
    other = next(row["sys_id"] for row in users if row["email"] == RAHUL)
    update(
        lab.stage.apps.instance, "sysapproval_approver", _record(lab), {"approver": other}, Author("admin")
    )
    _answer(lab, "approved", RAHUL)

    await read_records(lab.services)

    assert (await lab.review(review.ticket_id)).state is ReviewState.OPEN
    assert "passed on" in await _notes(lab, review)


async def test_an_answer_on_our_page_closes_the_record_there(lab: Lab) -> None:
    review = await _asked(lab)
    await approve(lab.services, _shown(review), _person(lab, ELENA))

    await tend_reviews(lab.services)
    assert await lab.waiting("ask_people") == 1
    await ask_people(lab.services, review.id)

    assert _record(lab)["state"] == "not_required"


async def test_a_credential_step_is_not_answered_in_servicenow(lab: Lab) -> None:
    stored = await lab.decide({**PASSWORD, "contact_type": "email"})
    review = await lab.review(stored.id)
    await ask_people(lab.services, review.id)

    assert lab.stage.apps.instance.tables["sysapproval_approver"] == {}
    with pytest.raises(NotAllowed, match="signed in again"):
        await approve(lab.services, _shown(review), _person(lab, ELENA, fresh=False))


async def test_silence_is_reminded_of_once_then_the_desk_is_told(lab: Lab) -> None:
    review = await _asked(lab)
    for _ in range(8):
        lab.pass_time(timedelta(hours=1))
        await ask_people(lab.services, review.id)

    assert len(lab.stage.apps.tenant.outbox) == 2
    assert (await _notes(lab, review)).count("cannot be reached (no answer in time)") == 1


async def test_an_automatic_reply_tells_the_desk_at_once_that_somebody_is_away(lab: Lab) -> None:
    user_id = lab.user(ELENA)["id"]
    on = {"status": "alwaysEnabled", "internalReplyMessage": "Away"}
    world = lab.services.acting(lab.services.new_id())
    await world.graph.mailboxes.set_automatic_replies(user_id, on)
    review = await _asked(lab)
    await ask_people(lab.services, review.id)

    assert "the mailbox answers by itself" in await _notes(lab, review)
    async with lab.services.engine.connect() as conn:
        (one,) = await invitations.of_review(conn, review.id)
    assert one.away


async def _deputise(lab: Lab, person: str, deputy: str, days: int = 7) -> None:
    now = lab.services.clock()
    await name_deputy(lab.services, _person(lab, person), deputy, now, now + timedelta(days=days))


async def test_a_deputy_is_asked_too_and_agrees_in_the_managers_place(lab: Lab) -> None:
    await _deputise(lab, ELENA, OLGA)
    review = await _asked(lab)

    assert {mail.to[0] for mail in lab.stage.apps.tenant.outbox} >= {ELENA, OLGA}
    answer = await approve(lab.services, _shown(review), _person(lab, OLGA))
    assert answer.state is ReviewState.APPROVED


async def test_a_deputy_after_their_time_is_nobody(lab: Lab) -> None:
    await _deputise(lab, ELENA, OLGA, days=1)
    review = await _asked(lab)
    lab.pass_time(timedelta(days=2))

    with pytest.raises(NotAllowed):
        await approve(lab.services, _shown(review), _person(lab, OLGA))


async def test_nobody_approves_their_own_ask_as_a_deputy_or_through_one(lab: Lab) -> None:
    """Karin may not stand in for the manager in her own cause, and Elena's deputy not in Elena's."""
    await _deputise(lab, ELENA, KARIN)
    review = await _asked(lab)

    with pytest.raises(NotAllowed, match="Nobody approves"):
        await approve(lab.services, _shown(review), _person(lab, KARIN))


async def test_a_deputy_is_somebody_else_of_the_company_for_a_time_that_ends(lab: Lab) -> None:
    elena, now = _person(lab, ELENA), lab.services.clock()
    spans = {
        ELENA: 1,
        "svc-scanner@harborline.example": 1,
        "nobody@harborline.example": 1,
        OLGA: 100,
        RAHUL: -1,
    }
    for deputy, days in spans.items():
        with pytest.raises(BadInput):
            await name_deputy(lab.services, elena, deputy, now, now + timedelta(days=days))
    with pytest.raises(NotAllowed):
        await name_deputy(lab.services, _person(lab, ELENA, fresh=False), OLGA, now, now + timedelta(days=1))


async def test_a_word_that_was_taken_back_counts_no_more(lab: Lab) -> None:
    now = lab.services.clock()
    word = await name_deputy(lab.services, _person(lab, ELENA), OLGA, now, now + timedelta(days=7))
    review = await _asked(lab)
    await end_deputy(lab.services, _person(lab, ELENA), word.id)

    with pytest.raises(NotAllowed):
        await approve(lab.services, _shown(review), _person(lab, OLGA))
