"""A leaver's playbook over ordinary actions, and the people who agree to it, for tests of several steps."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import cast

from models.model import Model
from tests.house import LABELS, ObedientModel
from tests.lab import ELENA, KARIN, Lab
from triage.playbooks.load import load_playbooks
from triage.playbooks.model import Playbook
from triage.sandbox.tenant import roles_of
from triage.workflow.approvals import Approver, Shown, approve

LEAVER = {
    "short_description": "Karin is leaving",
    "description": f"Please close the account of {KARIN}; the last day is 2026-11-27.",
    "caller_id": ELENA,
    "contact_type": "self-service",
}


class Killed(BaseException):
    """The process died here."""


def leavers(lab: Lab, *, wait: str = "") -> Lab:
    """Return the lab with a playbook for departures of three steps, the first of which may `wait`."""
    known = load_playbooks()
    shipped = known["user_offboarding"].model_dump(by_alias=True)
    state = {"kind": "enum", "from": ["text"], "values": ["enabled"], "default": "enabled"}
    user = {"route": "cloud", "params": {"user_id": "user.id"}}
    replies = {"user_id": "user.id", "state": "state.value"}
    steps = [
        {**user, "stage": "block", "action": "disable_user", "wait": wait},
        {**user, "stage": "sessions", "action": "revoke_sessions"},
        {**user, "stage": "replies", "action": "set_automatic_replies", "params": replies},
    ]
    made = {**shipped, "parameters": {**shipped["parameters"], "state": state}, "steps": steps}
    playbooks = {**known, "user_offboarding": Playbook.model_validate(made)}
    model = cast("Model", ObedientModel({"leaving": "user_offboarding", **LABELS}))
    tools = replace(lab.services.tools, playbooks=playbooks, model=lambda: model)
    return replace(lab, services=replace(lab.services, tools=tools))


async def agreed(lab: Lab, asked: dict[str, str] | uuid.UUID, *, skip: str = "") -> uuid.UUID:
    """Let as many people of HR as it takes, but not `skip`, agree to a ticket's plan; return its id."""
    ticket_id = asked if isinstance(asked, uuid.UUID) else (await lab.decide(asked)).id
    review = await lab.review(ticket_id)
    for number in range(review.needed):
        shown = Shown(review.id, review.fingerprint, "")
        await approve(lab.services, shown, _of_hr(lab, number, skip))
    return ticket_id


async def through(lab: Lab, ticket_id: uuid.UUID) -> None:
    """Take every step whose turn it is, until none is left."""
    while True:
        turns = [run for run in await lab.runs(ticket_id) if not run.state.ended and run.state != "waiting"]
        if not turns:
            return
        await lab.finish(turns[0])


def _of_hr(lab: Lab, number: int, skip: str) -> Approver:
    tenant = lab.stage.apps.tenant
    people = [
        user
        for user in tenant.users.values()
        if user["department"] == "Human Resources"
        and user["accountEnabled"]
        and user["id"] != skip
        and not roles_of(tenant, user["id"])
    ]
    return Approver(
        people[number]["id"], people[number]["userPrincipalName"], frozenset({"approver"}), fresh_sign_in=True
    )
