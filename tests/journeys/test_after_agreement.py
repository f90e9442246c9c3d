"""What security has to agree to is done as agreed, and by nobody before."""

from __future__ import annotations

import pytest

from tests.lab import ELENA, Lab
from triage.domain.run import RunState
from triage.errors import NotAllowed
from triage.sandbox.factors import PASSWORD_METHOD
from triage.sandbox.tenant import roles_of
from triage.store.reviews import Review
from triage.workflow.approvals import Approver, Shown, approve
from triage.workflow.undoing import request_undo

GRACE = "grace.fernandez@harborline.example"
MISUSED = {
    "short_description": "My account is misused",
    "description": "I clicked a link and entered my password. Somebody is using my account.",
    "caller_id": GRACE,
    "contact_type": "self-service",
}
FACTOR = {
    "short_description": "My second factor",
    "description": "I have a new phone and cannot confirm sign-ins. Please reset my second factor.",
    "caller_id": GRACE,
    "contact_type": "self-service",
}


def security(lab: Lab, number: int = 0) -> Approver:
    """Return one of the people of IT who hold no directory role, signed in just now."""
    tenant = lab.stage.apps.tenant
    people = [
        user
        for user in tenant.users.values()
        if user["department"] == "IT Operations"
        and user["accountEnabled"]
        and not roles_of(tenant, user["id"])
    ]
    roles = frozenset({"approver", "security"})
    return Approver(people[number]["id"], people[number]["userPrincipalName"], roles, fresh_sign_in=True)


async def waiting(lab: Lab, row: dict[str, str]) -> Review:
    stored = await lab.decide(row)
    assert await lab.runs(stored.id) == ()
    return await lab.review(stored.id)


async def test_a_misused_account_is_shut_and_opened_again(lab: Lab) -> None:
    review = await waiting(lab, MISUSED)

    await approve(lab.services, Shown(review.id, review.fingerprint, ""), security(lab))
    shut, password = await lab.runs(review.ticket_id)

    assert (await lab.finish(shut)).state is RunState.VERIFIED
    assert lab.user(GRACE)["accountEnabled"] is False
    assert (await lab.finish(password)).state is RunState.VERIFIED
    assert lab.stage.apps.tenant.outbox == []

    await request_undo(lab.services, shut.id, "somebody")

    assert (await lab.finish(shut)).state is RunState.UNDONE
    assert lab.user(GRACE)["accountEnabled"] is True


async def test_a_second_factor_is_gone_after_two_have_agreed(lab: Lab) -> None:
    review = await waiting(lab, FACTOR)
    shown = Shown(review.id, review.fingerprint, "")

    await approve(lab.services, shown, security(lab))
    assert await lab.runs(review.ticket_id) == ()
    await approve(lab.services, shown, security(lab, 1))
    (run,) = await lab.runs(review.ticket_id)

    assert (await lab.finish(run)).state is RunState.VERIFIED
    assert [method["id"] for method in lab.user(GRACE)["authenticationMethods"]] == [PASSWORD_METHOD]


async def test_the_manager_alone_does_not_shut_an_account(lab: Lab) -> None:
    review = await waiting(lab, MISUSED)
    elena = Approver(lab.user(ELENA)["id"], ELENA, frozenset({"approver"}), fresh_sign_in=True)

    with pytest.raises(NotAllowed):
        await approve(lab.services, Shown(review.id, review.fingerprint, ""), elena)
