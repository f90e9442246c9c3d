"""What people do in some of the demo's tickets: answer a question, agree to a departure, take something back.

They do it by the doors people have: a comment in ServiceNow, and what the buttons of our page call.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from triage.domain.run import RunState, TicketState
from triage.errors import AlreadyDecided, NotAllowed
from triage.sandbox.apps import Apps
from triage.sandbox.servicenow.history import Author
from triage.sandbox.servicenow.play import Played
from triage.sandbox.servicenow.writing import update
from triage.sandbox.tenant import roles_of
from triage.store import invitations, reviews, runs, tickets
from triage.store.tickets import StoredTicket
from triage.workflow.approvals import Approver, Shown, approve
from triage.workflow.services import Services
from triage.workflow.undoing import request_undo

_LOOK_SECONDS: Final = 0.5
_PATIENCE_SECONDS: Final = 150.0
_ANSWER: Final = "Reviewer, please."


@dataclass(frozen=True)
class Cast:
    """The people of one ticket."""

    services: Services
    apps: Apps
    played: Played

    async def act(self, scene: Scene) -> str:
        """Play the scene and return in words what came of it."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await scene(self)
        except TimeoutError:
            return "nothing came of it in time"

    async def reaches(self, *states: TicketState, after: StoredTicket | None = None) -> StoredTicket:
        """Wait until the ticket's newest revision, another than `after`, is in one of the states."""
        while True:
            async with self.services.engine.connect() as conn:
                found = await tickets.by_number(conn, self.played.number)
            if found and found[0].state in states and (after is None or found[0].id != after.id):
                return found[0]
            await asyncio.sleep(_LOOK_SECONDS)


Scene = Callable[[Cast], Awaitable[str]]


async def answer(cast: Cast) -> str:
    """The requester is asked, and answers."""
    asked = await cast.reaches(TicketState.REVIEW)
    instance = cast.apps.instance
    record = instance.tables[cast.played.table][cast.played.sys_id]
    author = instance.tables["sys_user"][record["caller_id"]]["user_name"]
    update(instance, cast.played.table, record, {"comments": _ANSWER}, Author(author))
    ended = await cast.reaches(*_SETTLED, after=asked)
    return f"the requester was asked and answered; {ended.state}"


async def agree(cast: Cast) -> str:
    """Those who are asked agree, as many as it takes: who the directory names first, then others."""
    asked = await cast.reaches(*_SETTLED)
    if asked.state is not TicketState.REVIEW:
        return f"nobody had to agree; {asked.state}"
    async with cast.services.engine.connect() as conn:
        (review, *_) = await reviews.of_ticket(conn, asked.id)
    if not review.fingerprint:
        return "there is nothing to agree to; it is for people"
    agreed = 0
    for person in await _who_may_agree(cast, review.id):
        with suppress(NotAllowed, AlreadyDecided):
            await approve(cast.services, Shown(review.id, review.fingerprint), person)
            agreed += 1
        if agreed == review.needed:
            break
    else:
        return f"{agreed} of {review.needed} agreed; nobody else may"
    ended = await cast.reaches(*_SETTLED - {TicketState.REVIEW})
    async with cast.services.engine.connect() as conn:
        steps = await runs.of_ticket(conn, asked.id)
    done = sum(run.state is RunState.VERIFIED for run in steps)
    return f"{agreed} agreed; {ended.state}; {done} of {len(steps)} steps done"


async def take_back(cast: Cast) -> str:
    """An administrator takes back what was done."""
    done = await cast.reaches(*_SETTLED)
    if done.state is not TicketState.RESOLVED:
        return f"there was nothing to take back; {done.state}"
    async with cast.services.engine.connect() as conn:
        (run, *_) = await runs.of_ticket(conn, done.id)
    await request_undo(cast.services, run.id, _of_hr(cast, "")[0].id)
    while not run.state.ended or run.state is RunState.VERIFIED:
        await asyncio.sleep(_LOOK_SECONDS)
        async with cast.services.engine.connect() as conn:
            run = await runs.get(conn, run.id)
    return f"{run.action} was done and then taken back; {run.state}"


async def _who_may_agree(cast: Cast, review_id: uuid.UUID) -> list[Approver]:
    """Return whom the review names, then approvers of HR, then the same people as administrators of ours."""
    async with cast.services.engine.connect() as conn:
        invited = await invitations.of_review(conn, review_id)
    names = {user["id"]: user["userPrincipalName"] for user in cast.apps.tenant.users.values()}
    named = [
        Approver(one.person_id, names[one.person_id], frozenset(), fresh_sign_in=True)
        for one in invited
        if one.person_id in names
    ]
    staff = _of_hr(cast, "")
    return [*named, *staff, *(replace(one, roles=one.roles | {"admin"}) for one in staff)]


def _of_hr(cast: Cast, but: str) -> list[Approver]:
    """Return people of HR without directory roles, in the order of the directory."""
    tenant = cast.apps.tenant
    return [
        Approver(user["id"], user["userPrincipalName"], frozenset({"approver"}), fresh_sign_in=True)
        for user in tenant.users.values()
        if user["department"] == "Human Resources"
        and user["accountEnabled"]
        and user["userPrincipalName"] != but
        and not (roles_of(tenant, user["id"]) or roles_of(tenant, user["id"], eligible=True))
    ]


_SETTLED: Final = frozenset(state for state in TicketState if state.settled)
SCENES: Final[Mapping[str, Scene]] = {
    "scene.question": answer,
    "scene.leaver_on_the_day": agree,
    "scene.leaver_now": agree,
    "scene.undo": take_back,
    "scene.agree": agree,
}
"""What happens in a ticket, by the first two parts of the number it has in tickets.yaml."""


def scene_of(number: str) -> Scene | None:
    """Return what people do in the ticket of this number, if anything."""
    return SCENES.get(".".join(number.split(".")[:2]))
