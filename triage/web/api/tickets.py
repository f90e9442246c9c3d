"""POST /tickets and GET /tickets/{id}: a ticket brought by a script, and what became of it."""

from __future__ import annotations

import asyncio
import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel

from actions.errors import NotFound
from triage.domain.decision import Decision
from triage.domain.run import Run, TicketState
from triage.domain.ticket import Ticket
from triage.intake.accept import accept
from triage.intake.servicenow import SOURCE, read_ticket
from triage.store import decisions, notes, reviews, runs, tickets
from triage.store.reviews import Review
from triage.web.api.rows import NewTicket
from triage.web.front import Admin, Answering, Documented, Intake, Served, Viewer
from triage.workflow.questions import QUESTION
from triage.workflow.services import Services
from triage.workflow.steering import carry_on
from triage.workflow.steps import consider
from triage.workflow.unwinding import Unwinding, request_unwind

router = APIRouter(tags=["tickets"])
_LOOK_SECONDS = 0.1
_UNKNOWN: Documented = {404: {"description": "There is no such ticket."}}


class Taken(BaseModel):
    """What became of a ticket so far: our id, where it stands, and the decision once there is one.

    `id` is `None` for a dry run; the facts the decision rests on are left out, as they are not the bringer's.
    """

    id: uuid.UUID | None = None
    new: bool
    state: TicketState
    decision: Decision | None = None


class Told(BaseModel):
    """All that is known of a ticket: the newest decision, its reviews newest first, its runs oldest first.

    `question` is what the requester was asked about it, if anything.
    """

    id: uuid.UUID
    ticket: Ticket
    state: TicketState
    received_at: AwareDatetime
    changed_at: AwareDatetime
    decision: Decision | None
    question: str = ""
    reviews: tuple[Review, ...]
    runs: tuple[Run, ...]


@router.post(
    "/tickets",
    status_code=202,
    response_model_exclude={"decision": {"facts"}},
    responses={
        200: {"model": Taken, "description": "The decision was made while you waited, or it was a dry run."}
    },
)
async def take_in(
    *,
    services: Served,
    caller: Intake,
    body: NewTicket,
    response: Response,
    wait: Annotated[float, Query(ge=0, le=60, description="Seconds to wait for the decision.")] = 0.0,
    dry_run: Annotated[bool, Query(description="Decide and store nothing.")] = False,
) -> Taken:
    """Take a ticket in; the same source, sys_id and words again are the same ticket.

    A ticket of ServiceNow is read there by its sys_id. Nobody vouches for the caller of any other, and its
    channel counts as e-mail. Needs the app role intake.
    """
    ticket = await _read(services, body)
    if dry_run:
        considered = await consider(ticket, services.tools, services.clock())
        response.status_code = 200
        return Taken(new=False, state=TicketState.RECEIVED, decision=considered.decision)
    async with services.engine.begin() as conn:
        accepted = await accept(
            conn,
            services.queue,
            ticket,
            ticket_id=services.new_id(),
            now=services.clock(),
            actor=caller.id,
        )
    response.headers["Location"] = f"/api/v1/tickets/{accepted.id}"
    state, decision = await _settled(services, accepted.id, wait)
    if wait and decision is not None:
        response.status_code = 200
    return Taken(id=accepted.id, new=accepted.new, state=state, decision=decision)


@router.get("/tickets/{ticket_id}", responses=_UNKNOWN)
async def tell(services: Served, caller: Viewer, ticket_id: uuid.UUID) -> Told:
    """Tell where a ticket stands and why, with its reviews and runs. Needs the app role viewer."""
    del caller
    async with services.engine.connect() as conn:
        stored = await tickets.get(conn, ticket_id)
        made = await decisions.of_ticket(conn, ticket_id)
        said = await notes.of_ticket(conn, ticket_id)
        return Told(
            id=stored.id,
            ticket=stored.ticket,
            state=stored.state,
            received_at=stored.received_at,
            changed_at=stored.changed_at,
            decision=made[0].decision if made else None,
            question=next((note.body for note in said if note.key == QUESTION), ""),
            reviews=await reviews.of_ticket(conn, ticket_id),
            runs=await runs.of_ticket(conn, ticket_id),
        )


@router.post("/tickets/{ticket_id}/continue", status_code=202, responses=_UNKNOWN)
async def carry_on_with(services: Served, caller: Answering, ticket_id: uuid.UUID) -> Taken:
    """Let the rest of a stopped plan be planned anew, for review. Needs the app role approver or admin."""
    stored = await carry_on(services, ticket_id, caller.id)
    return Taken(id=stored.id, new=False, state=stored.state)


@router.post("/tickets/{ticket_id}/undo", status_code=202, responses=_UNKNOWN)
async def undo(services: Served, caller: Admin, ticket_id: uuid.UUID) -> Unwinding:
    """Take back everything that was done for a ticket, the last step first. Needs the app role admin."""
    return await request_unwind(services, ticket_id, caller.id)


async def _read(services: Services, body: NewTicket) -> Ticket:
    """Return the ticket as ServiceNow has it, or as it was brought where ServiceNow has none of that id."""
    if body.source == SOURCE and services.servicenow is not None:
        try:
            return await read_ticket(services.servicenow, body.table, body.sys_id)
        except NotFound:
            pass
    return body.unvouched(services.clock())


async def _settled(
    services: Services, ticket_id: uuid.UUID, wait: float
) -> tuple[TicketState, Decision | None]:
    """Return state and newest decision as soon as there is one, after `wait` seconds at the latest."""
    loop = asyncio.get_running_loop()
    until = loop.time() + wait
    while True:
        async with services.engine.connect() as conn:
            stored = await tickets.get(conn, ticket_id)
            made = await decisions.of_ticket(conn, ticket_id)
        if made or loop.time() >= until:
            return stored.state, made[0].decision if made else None
        await asyncio.sleep(_LOOK_SECONDS)
