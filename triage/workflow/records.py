"""Answers given in the ITSM's approval records: they count when that very person gave them, and no others."""

from __future__ import annotations

import logging

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.clients.graph.values import User
from actions.clients.servicenow import Row, ServiceNowClient
from actions.errors import OutsideError
from triage.audit.events import Event
from triage.audit.log import append
from triage.errors import TriageError
from triage.store import invitations, reviews
from triage.store.invitations import CLOSED, Invitation
from triage.store.notes import NoteKind
from triage.workflow.answering import Approver, Shown
from triage.workflow.approvals import approve, reject
from triage.workflow.saying import say
from triage.workflow.services import Services

_log = logging.getLogger(__name__)
_YES, _NO = "approved", "rejected"


async def read_records(services: Services) -> None:
    """Take the answers that people gave in approval records since the last look; each counts once.

    Raises:
        OutsideError: the ITSM does not answer; nothing was taken that is taken again.
    """
    if services.servicenow is None:
        return
    async with services.engine.connect() as conn:
        waiting = {one.record: one for one in await invitations.recorded(conn)}
    if not waiting:
        return
    for row in await services.servicenow.approvals.answered(sorted(waiting)):
        try:
            await _take(services, services.servicenow, waiting[row["sys_id"]], row)
        except OutsideError as trouble:
            _log.warning("record %s is read again later: %s", row["sys_id"], trouble.message)


async def _take(services: Services, servicenow: ServiceNowClient, one: Invitation, row: Row) -> None:
    """Take one answer; what does not count is told to the desk, and the record is done with either way."""
    user = await services.tools.reading.graph.users.get(one.person_id)
    why_not = await _doubt(servicenow, row, user)
    if not why_not and row["state"] in (_YES, _NO):
        why_not = await _answer(services, one, row, user)
    async with services.engine.begin() as conn:
        await invitations.save(conn, one.model_copy(update={"record_state": CLOSED}))
        if why_not:
            await _tell(conn, services, one, why_not)


async def _tell(conn: AsyncConnection, services: Services, one: Invitation, why_not: str) -> None:
    review = await reviews.get(conn, one.review_id)
    data = {"record": one.record, "reason": why_not}
    subject, now = f"ticket {review.ticket_id}", services.clock()
    await append(conn, Event.REVIEW_RECORD_IGNORED, subject, data, actor="service", now=now)
    text = f"Triage: the answer in the approval record does not count: {why_not}."
    await say(conn, services, review.ticket_id, NoteKind.WORK_NOTE, (f"record {one.record}", text))


async def _answer(services: Services, one: Invitation, row: Row, user: User) -> str:
    """Give the answer in the person's name; return why it was not taken, or the empty string."""
    async with services.engine.connect() as conn:
        review = await reviews.get(conn, one.review_id)
    person = Approver(one.person_id, user.user_principal_name, frozenset())
    shown = Shown(one.review_id, review.fingerprint, f"record {one.record}")
    try:
        await (approve if row["state"] == _YES else reject)(services, shown, person)
    except TriageError as refusal:
        return refusal.message.rstrip(".")
    return ""


async def _doubt(servicenow: ServiceNowClient, row: Row, user: User) -> str:
    """Why it is not certain that the person answered who was asked; the empty string when it is.

    The record names who wrote it last, and the audit, where our user may read it, who changed its state: an
    administrator or a workflow that answers for somebody is not that somebody.
    """
    account = await servicenow.user(row["approver"])
    if not user.mail or account["email"].casefold() != user.mail.casefold():
        return "the record was passed on to somebody else"
    told = await servicenow.approvals.answered_by(row["sys_id"]) or row["sys_updated_by"]
    if not account["user_name"] or {row["sys_updated_by"], told} != {account["user_name"]}:
        return "somebody else than the approver answered"
    return ""
