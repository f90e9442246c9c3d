"""Deferring jobs in the transaction of the state change that makes them necessary."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.domain.run import Run
from triage.store.driver import driver

TRIAGE, ADVANCE, WRITE_BACK, ASK = "triage_ticket", "advance_run", "write_back", "ask_people"
OBJECTION = "tend_objection"
HEAR = "hear_of_record"
"""Names of the tasks; `triage.workflow.jobs` has their code."""


@dataclass(frozen=True)
class Job:
    """A look at one ticket, run or review: read its state, take its next step.

    Attributes:
        task: name of the task.
        subject: id of the ticket, run or review.
        lock: jobs of one lock run one after the other; the empty string for none.
    """

    task: str
    subject: uuid.UUID
    lock: str = ""


def triage_job(ticket_id: uuid.UUID, caller_id: str) -> Job:
    """Decide on a ticket; those of one caller one after the other, so that each remembers the one before."""
    caller = hashlib.sha256(caller_id.casefold().encode()).hexdigest()[:16]
    return Job(TRIAGE, ticket_id, f"caller:{caller}" if caller_id else "")


def advance_job(run: Run) -> Job:
    """Take the next step of a run; whatever touches one person happens one after the other."""
    return Job(ADVANCE, run.id, run.lock)


def write_back_job(ticket_id: uuid.UUID) -> Job:
    """Post what is to be said in a ticket; one at a time, so that it is said in order."""
    return Job(WRITE_BACK, ticket_id, f"ticket:{ticket_id}")


def ask_job(review_id: uuid.UUID) -> Job:
    """Ask, remind or give up on the people a review names; one at a time, so that nobody is asked twice."""
    return Job(ASK, review_id, f"review:{review_id}")


def objection_job(objection_id: uuid.UUID) -> Job:
    """Tell a person what was done to their account, or act on their word that it was not them."""
    return Job(OBJECTION, objection_id, f"objection:{objection_id}")


async def defer(
    conn: AsyncConnection, app: App, job: Job, *, at: datetime | None = None, failures: int = 0
) -> None:
    """Defer `job` in the caller's transaction, to be done now or not before `at`; doubled ones are folded.

    A delayed job carries no lock, since a scheduled one would block all later ones of its lock; when it is
    due, it defers itself with the lock. `failures` is how often this step has failed in a row.
    """
    try:
        async with conn.begin_nested():  # a doubled one would otherwise abort the whole transaction
            task = app.configure_task(
                job.task,
                connection=await driver(conn),
                queueing_lock=f"{'later:' if at else ''}{job.task}:{job.subject}",
                lock=None if at else job.lock or None,
                schedule_at=at,
            )
            await task.defer_async(subject=str(job.subject), failures=failures)
    except AlreadyEnqueued:
        return


async def defer_hint(conn: AsyncConnection, app: App, table: str, sys_id: str) -> None:
    """Defer reading a record of ServiceNow that is said to have changed; hints not read yet are folded."""
    try:
        async with conn.begin_nested():
            task = app.configure_task(
                HEAR, connection=await driver(conn), queueing_lock=f"{HEAR}:{table}:{sys_id}"
            )
            await task.defer_async(table=table, sys_id=sys_id)
    except AlreadyEnqueued:
        return
