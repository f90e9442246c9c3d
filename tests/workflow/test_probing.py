"""Who probes the desk's checks is told to security: one incident of priority 1, whatever they try next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.lab import ELENA, KARIN, PASSWORD, Lab
from triage.sandbox.servicenow.instance import Row
from triage.store import alarms
from triage.store.reviews import Review
from triage.workflow.answering import Approver
from triage.workflow.challenges import enter_code, log_call, send_code
from triage.workflow.probing import tell_security
from triage.workflow.upkeep import keep_proof, tend_reviews

ERIK = "erik.haddad@harborline.example"
BY_MAIL = {**PASSWORD, "contact_type": "email"}


def _analyst(lab: Lab) -> Approver:
    return Approver(lab.user(ERIK)["id"], ERIK, frozenset({"approver"}), fresh_sign_in=True)


def _incidents(lab: Lab) -> list[Row]:
    rows = lab.stage.apps.instance.tables["incident"].values()
    return [row for row in rows if "probes the checks" in row["short_description"]]


async def _waiting(lab: Lab) -> Review:
    lab.user(KARIN)["otherMails"] = ["karin@private.example"]
    return await lab.review((await lab.decide(BY_MAIL)).id)


async def _miss(lab: Lab, review: Review, times: int) -> None:
    for _ in range(times):
        await log_call(lab.services, review.id, _analyst(lab), reached=False)
        await tend_reviews(lab.services)


@pytest.mark.parametrize(("times", "incidents"), [(2, 0), (3, 1), (5, 1)])
async def test_three_failed_proofs_within_a_day_are_one_incident(
    lab: Lab, times: int, incidents: int
) -> None:
    await _miss(lab, await _waiting(lab), times)

    found = _incidents(lab)
    assert len(found) == incidents
    assert {row["priority"] for row in found} <= {"1"}


async def test_a_proof_that_was_only_asked_for_again_is_no_failure(lab: Lab) -> None:
    review = await _waiting(lab)
    for _ in range(4):
        await send_code(lab.services, review.id, _analyst(lab))
    await tell_security(lab.services)

    assert _incidents(lab) == []


async def test_three_codes_each_mistyped_to_the_end_are_probing(lab: Lab) -> None:
    review = await _waiting(lab)
    for _ in range(3):
        proof = await send_code(lab.services, review.id, _analyst(lab))
        for _ in range(3):
            await enter_code(lab.services, proof.id, "wrong")
    await tell_security(lab.services)

    assert len(_incidents(lab)) == 1


async def test_asking_for_the_credentials_of_three_others_is_one_incident(lab: Lab) -> None:
    others = ("carlos.larsen", "leon.vogel", "sofia.weber", "felix.dubois", "rosa.martin")
    for name in others:
        upn = f"{name}@harborline.example"
        await lab.decide({**BY_MAIL, "caller_id": ELENA, "description": f"Reset the password of {upn}."})
        await tell_security(lab.services)

    assert len(_incidents(lab)) == 1


async def test_a_day_later_the_alarm_is_over_so_that_the_next_one_is_told_again(lab: Lab) -> None:
    await _miss(lab, await _waiting(lab), 3)
    lab.pass_time(timedelta(hours=25))

    await keep_proof(lab.services)

    async with lab.services.engine.connect() as conn:
        assert await alarms.standing(conn) == ()
