"""Answers to reviews: each counts once, binds to what was shown, and never one's own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.lab import ELENA, KARIN, LICENCE, OWN_LICENCE, PASSWORD, Lab
from triage.domain.run import RunState, TicketState
from triage.errors import AlreadyDecided, BadInput, NotAllowed, PlanChanged, Unknown
from triage.store.reviews import Review, ReviewState
from triage.workflow.approvals import Approver, Shown, approve, correct, reject
from triage.workflow.deciding import triage_ticket

APPROVER = frozenset({"approver"})
STRANGER = "noah.horvat@harborline.example"
"""A network engineer, who is nothing to Karin."""


def _who(lab: Lab, upn: str, *, fresh: bool = True) -> Approver:
    return Approver(lab.user(upn)["id"], upn, APPROVER, fresh_sign_in=fresh)


def _shown(review: Review, key: str = "") -> Shown:
    return Shown(review.id, review.fingerprint, key)


async def _waiting(lab: Lab, row: dict[str, str] = OWN_LICENCE) -> Review:
    stored = await lab.decide(row)
    assert stored.state is TicketState.REVIEW
    return await lab.review(stored.id)


async def test_the_manager_approves_and_exactly_that_plan_runs(lab: Lab) -> None:
    review = await _waiting(lab)

    answer = await approve(lab.services, _shown(review), _who(lab, ELENA))

    assert answer.state is ReviewState.APPROVED
    (run,) = await lab.runs(review.ticket_id)
    assert (run.id, run.fingerprint) == (answer.run_id, review.fingerprint)
    assert (await lab.finish(run)).state is RunState.VERIFIED


async def test_approving_twice_runs_once(lab: Lab) -> None:
    review = await _waiting(lab)
    await approve(lab.services, _shown(review), _who(lab, ELENA))

    with pytest.raises(AlreadyDecided):
        await approve(lab.services, _shown(review), _who(lab, ELENA))

    assert len(await lab.runs(review.ticket_id)) == 1


async def test_three_impatient_clicks_get_one_answer_and_one_run(lab: Lab) -> None:
    review = await _waiting(lab)
    click = _shown(review, key="k1")

    answers = await asyncio.gather(*(approve(lab.services, click, _who(lab, ELENA)) for _ in range(3)))

    assert len({answer.run_id for answer in answers}) == 1
    assert len(await lab.runs(review.ticket_id)) == 1
    assert await lab.waiting("advance_run") == 1


async def test_a_key_is_for_one_question(lab: Lab) -> None:
    review = await _waiting(lab)
    await reject(lab.services, _shown(review, key="k1"), _who(lab, ELENA))

    with pytest.raises(BadInput):
        await approve(lab.services, _shown(review, key="k1"), _who(lab, ELENA))


async def test_whoever_saw_another_plan_is_told_to_look_again(lab: Lab) -> None:
    review = await _waiting(lab)

    with pytest.raises(PlanChanged):
        await approve(lab.services, Shown(review.id, "0" * 64), _who(lab, ELENA))


async def test_nobody_approves_for_themselves(lab: Lab) -> None:
    review = await _waiting(lab)

    with pytest.raises(NotAllowed) as refused:
        await approve(lab.services, _shown(review), _who(lab, KARIN))

    assert "Nobody approves" in refused.value.message
    assert (await lab.review(review.ticket_id)).state is ReviewState.OPEN


async def test_whoever_opened_the_ticket_does_not_approve_it(lab: Lab) -> None:
    stored = await lab.take_in(OWN_LICENCE)
    ticket = stored.ticket.model_copy(update={"opened_by": ELENA, "sys_id": "f" * 32, "source": "api"})
    stored = await lab.accept(ticket)
    await triage_ticket(lab.services, stored.id)
    review = await lab.review(stored.id)

    with pytest.raises(NotAllowed):
        await approve(lab.services, _shown(review), _who(lab, ELENA))


async def test_answering_needs_an_app_role_or_to_be_the_one_who_is_asked(lab: Lab) -> None:
    review = await _waiting(lab)
    viewer = replace(_who(lab, STRANGER), roles=frozenset({"viewer"}))

    for answer in (
        approve(lab.services, _shown(review), viewer),
        reject(lab.services, _shown(review), viewer),
    ):
        with pytest.raises(NotAllowed):
            await answer


async def test_there_is_nothing_to_approve_without_a_plan(lab: Lab) -> None:
    review = await _waiting(lab, {**OWN_LICENCE, "description": "I need a licence."})
    assert review.fingerprint == ""

    with pytest.raises(NotAllowed):
        await approve(lab.services, _shown(review), _who(lab, ELENA))


async def test_an_approval_that_expired_before_the_run_began_counts_no_more(lab: Lab) -> None:
    review = await _waiting(lab)
    await approve(lab.services, _shown(review), _who(lab, ELENA))
    lab.pass_time(timedelta(hours=5))

    (run,) = await lab.runs(review.ticket_id)
    ended = await lab.finish(run)

    assert ended.state is RunState.CANCELLED
    assert lab.effects("licence") == 0
    assert (await lab.review(review.ticket_id)).state is ReviewState.OPEN


async def test_a_plan_that_changed_after_the_approval_is_not_run(lab: Lab) -> None:
    review = await _waiting(lab)
    await approve(lab.services, _shown(review), _who(lab, ELENA))
    lab.give_licence(KARIN, "POWER_BI_PRO")

    (run,) = await lab.runs(review.ticket_id)
    ended = await lab.finish(run)

    assert ended.state is RunState.CANCELLED
    assert lab.effects("licence") == 0


async def test_rejecting_hands_the_ticket_to_people(lab: Lab) -> None:
    review = await _waiting(lab)

    await reject(lab.services, _shown(review), _who(lab, ELENA))

    assert (await lab.ticket(review.ticket_id)).state is TicketState.HANDOVER
    assert await lab.runs(review.ticket_id) == ()


async def test_correcting_decides_anew_under_the_label_a_person_gave_and_asks_again(lab: Lab) -> None:
    review = await _waiting(lab, {**PASSWORD, "short_description": "A licence, or what?"})

    answer = await correct(lab.services, _shown(review), _who(lab, ELENA), "password_reset")
    lab.pass_time(timedelta(seconds=1))
    await triage_ticket(lab.services, review.ticket_id)

    assert answer.state is ReviewState.CORRECTED
    again = await lab.review(review.ticket_id)
    assert again.id != review.id
    assert (await lab.ticket(review.ticket_id)).state is TicketState.REVIEW


async def test_a_label_that_does_not_exist_is_refused(lab: Lab) -> None:
    review = await _waiting(lab)

    with pytest.raises(BadInput):
        await correct(lab.services, _shown(review), _who(lab, ELENA), "make_me_admin")


async def test_an_approval_is_kept_before_anything_moves(lab: Lab) -> None:
    """Whoever approves while no worker runs finds it done when one starts."""
    review = await _waiting(lab)

    answer = await approve(lab.services, _shown(review), _who(lab, ELENA))

    assert answer.run_id is not None
    assert await lab.waiting("advance_run") == 1
    assert lab.effects("licence") == 0


async def test_an_unknown_review_is_said_to_be_unknown(lab: Lab) -> None:
    with pytest.raises(Unknown):
        await reject(lab.services, Shown(lab.services.new_id(), ""), _who(lab, ELENA))


async def test_a_review_left_open_by_an_older_revision_is_void(lab: Lab) -> None:
    review = await _waiting(lab)
    stored = await lab.ticket(review.ticket_id)
    await lab.accept(stored.ticket.model_copy(update={"description": "Something else"}))

    with pytest.raises(AlreadyDecided):
        await approve(lab.services, _shown(review), _who(lab, ELENA))


async def test_two_tickets_for_the_same_are_not_both_done(lab: Lab) -> None:
    first = await lab.decide(LICENCE)
    second = await lab.decide(LICENCE)

    assert first.state is TicketState.RUNNING
    assert second.state is TicketState.HANDOVER
    (run,) = await lab.runs(first.id)
    assert (await lab.finish(run)).state is RunState.VERIFIED
