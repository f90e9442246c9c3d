"""Proofs that a person asks: what an approval needs, how each is given, and that failing tells nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.lab import ELENA, KARIN, PASSWORD, Lab
from triage.errors import NotAllowed, Unknown
from triage.sandbox.faults import Rule, arm
from triage.sandbox.records import Change
from triage.store import notes, proofs
from triage.store.proofs import Proof, ProofState
from triage.store.reviews import Review
from triage.workflow.answering import Approver, Shown
from triage.workflow.approvals import approve
from triage.workflow.challenges import (
    ask_manager,
    attest,
    enter_code,
    log_call,
    may_attest,
    recorded_number,
    send_code,
)

ERIK, PRIVATE = "erik.haddad@harborline.example", "karin@private.example"
BY_MAIL = {**PASSWORD, "contact_type": "email"}


def _person(lab: Lab, upn: str, *roles: str, fresh: bool = True) -> Approver:
    return Approver(lab.user(upn)["id"], upn, frozenset(roles), fresh_sign_in=fresh)


def _analyst(lab: Lab) -> Approver:
    return _person(lab, ERIK, "approver")


async def _waiting(lab: Lab) -> Review:
    """A password reset asked by mail; Karin's phone and recovery address are as old as the company."""
    lab.user(KARIN)["otherMails"] = [PRIVATE]
    stored = await lab.decide(BY_MAIL)
    return await lab.review(stored.id)


async def _approve(lab: Lab, review: Review) -> int:
    shown = Shown(review.id, review.fingerprint)
    return (await approve(lab.services, shown, _analyst(lab))).given


async def _proofs(lab: Lab, review: Review) -> tuple[Proof, ...]:
    async with lab.services.engine.connect() as conn:
        return await proofs.of_ticket(conn, review.ticket_id)


async def _notes(lab: Lab, review: Review) -> str:
    async with lab.services.engine.connect() as conn:
        return "\n".join(note.body for note in await notes.of_ticket(conn, review.ticket_id))


def _code(lab: Lab) -> str:
    found = re.search(r"\b\d{8}\b", lab.stage.apps.tenant.outbox[-1].body)
    assert found is not None
    return found.group()


def _changed(lab: Lab, days: int) -> None:
    """Let somebody have changed Karin's phone so many days ago, outside us."""
    tenant = lab.stage.apps.tenant
    at = lab.services.clock() - timedelta(days=days)
    tenant.changes.append(
        Change(
            id="c1",
            at=at,
            actor="somebody",
            area="directory",
            what="Update user",
            target=lab.user(KARIN)["id"],
            target_name="Karin Wright",
            before={"mobilePhone": "+1"},
            after={"mobilePhone": "+2"},
            correlation="",
        )
    )


async def test_nobody_approves_before_something_is_proven(lab: Lab) -> None:
    review = await _waiting(lab)

    with pytest.raises(NotAllowed, match="Nobody has proven"):
        await _approve(lab, review)


async def test_a_code_to_the_recovery_address_proves_once_it_is_typed_in(lab: Lab) -> None:
    review = await _waiting(lab)
    proof = await send_code(lab.services, review.id, _analyst(lab))

    assert lab.stage.apps.tenant.outbox[-1].to == (PRIVATE,)
    await enter_code(lab.services, proof.id, f" {_code(lab)} ")

    assert await _approve(lab, review) == 1


async def test_the_code_is_in_no_table(lab: Lab) -> None:
    review = await _waiting(lab)
    await send_code(lab.services, review.id, _analyst(lab))

    (proof,) = await _proofs(lab, review)
    assert _code(lab) not in proof.model_dump_json()


async def test_a_code_ends_after_ten_minutes_three_wrong_ones_or_a_new_code(lab: Lab) -> None:
    review = await _waiting(lab)
    late = await send_code(lab.services, review.id, _analyst(lab))
    code = _code(lab)
    lab.pass_time(timedelta(minutes=11))
    await enter_code(lab.services, late.id, code)
    guessed = await send_code(lab.services, review.id, _analyst(lab))
    for wrong in ("1", "2", "3", _code(lab)):
        await enter_code(lab.services, guessed.id, wrong)
    old = await send_code(lab.services, review.id, _analyst(lab))
    code = _code(lab)
    await send_code(lab.services, review.id, _analyst(lab))
    await enter_code(lab.services, old.id, code)

    assert all(one.state is not ProofState.GIVEN for one in await _proofs(lab, review))
    assert "somebody may be probing" in await _notes(lab, review)


async def test_nothing_is_proven_by_a_number_or_factor_that_changed_lately(lab: Lab) -> None:
    review = await _waiting(lab)
    _changed(lab, days=29)

    for attempt in (send_code, recorded_number):
        with pytest.raises(NotAllowed, match="within 30 days"):
            await attempt(lab.services, review.id, _analyst(lab))
    with pytest.raises(NotAllowed):
        await log_call(lab.services, review.id, _analyst(lab), reached=True)
    assert await _proofs(lab, review) == ()


async def test_what_changed_long_ago_has_settled(lab: Lab) -> None:
    review = await _waiting(lab)
    _changed(lab, days=31)

    assert await recorded_number(lab.services, review.id, _analyst(lab)) == lab.user(KARIN)["mobilePhone"]


@pytest.mark.parametrize(("days", "settled"), [(29, False), (31, True)])
async def test_a_factor_that_says_it_is_young_settles_nothing(lab: Lab, days: int, settled: bool) -> None:
    review = await _waiting(lab)
    made = (lab.services.clock() - timedelta(days=days)).isoformat()
    lab.user(KARIN)["authenticationMethods"][-1]["createdDateTime"] = made

    if settled:
        assert await recorded_number(lab.services, review.id, _analyst(lab))
    else:
        with pytest.raises(NotAllowed, match="changed within 30 days"):
            await recorded_number(lab.services, review.id, _analyst(lab))


async def test_a_log_that_cannot_be_read_settles_nothing(lab: Lab) -> None:
    review = await _waiting(lab)
    silent = {"app": "graph", "method": "GET", "path": "directoryAudits", "effect": "drop_before"}
    arm(lab.stage.apps.faults, [Rule.model_validate({**silent, "times": None})])

    with pytest.raises(NotAllowed, match="cannot be read"):
        await recorded_number(lab.services, review.id, _analyst(lab))


async def test_a_call_to_the_number_on_record_proves_and_a_missed_one_does_not(lab: Lab) -> None:
    review = await _waiting(lab)
    await log_call(lab.services, review.id, _analyst(lab), reached=False)
    with pytest.raises(NotAllowed):
        await _approve(lab, review)

    await log_call(lab.services, review.id, _analyst(lab), reached=True)

    assert await _approve(lab, review) == 1


async def test_the_managers_word_proves_after_a_fresh_sign_in(lab: Lab) -> None:
    review = await _waiting(lab)
    proof = await ask_manager(lab.services, review.id, _analyst(lab))
    with pytest.raises(NotAllowed):
        await attest(lab.services, proof.id, _person(lab, ELENA, fresh=False), asks=True)
    with pytest.raises(Unknown):
        await may_attest(lab.services, proof.id, _person(lab, ERIK, "admin"))

    await attest(lab.services, proof.id, _person(lab, ELENA), asks=True)

    assert await _approve(lab, review) == 1


async def test_a_manager_who_says_no_warns_the_desk(lab: Lab) -> None:
    review = await _waiting(lab)
    proof = await ask_manager(lab.services, review.id, _analyst(lab))
    await attest(lab.services, proof.id, _person(lab, ELENA), asks=False)

    assert "does not ask for this" in await _notes(lab, review)
    with pytest.raises(NotAllowed):
        await _approve(lab, review)


async def test_nobody_takes_a_proof_in_their_own_cause_or_without_a_role(lab: Lab) -> None:
    review = await _waiting(lab)
    for who in (_person(lab, KARIN, "approver"), _person(lab, ERIK)):
        with pytest.raises(NotAllowed):
            await log_call(lab.services, review.id, who, reached=True)


async def test_a_proof_counts_for_an_hour_and_for_one_ticket(lab: Lab) -> None:
    review = await _waiting(lab)
    await log_call(lab.services, review.id, _analyst(lab), reached=True)
    lab.pass_time(timedelta(minutes=61))

    with pytest.raises(NotAllowed, match="Nobody has proven"):
        await _approve(lab, review)
