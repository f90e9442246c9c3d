"""A worker's shift with the clock moved by hand: every job of the queue when it falls due, one by one."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from procrastinate.job_context import JobContext
from procrastinate.jobs import Status
from sqlalchemy import text

from actions.errors import OutsideError
from tests.lab import Lab
from triage.intake.accept import accept
from triage.intake.poll import poll
from triage.sandbox.servicenow.play import Played
from triage.store import tickets
from triage.store.tickets import StoredTicket

POLL_SECONDS, MOST_POLLS = 15, 20


async def taken_in(lab: Lab, played: Played) -> StoredTicket:
    """Poll ServiceNow, again and again if it does not answer, until the ticket is ours."""
    services = lab.services
    assert services.servicenow is not None
    for _ in range(MOST_POLLS):
        with suppress(OutsideError):
            await poll(
                services.engine,
                services.servicenow,
                played.table,
                lambda conn, ticket: accept(
                    conn,
                    services.queue,
                    ticket,
                    ticket_id=services.new_id(),
                    now=services.clock(),
                    actor="service",
                ),
                overlap=services.settings.servicenow.overlap,
                now=services.clock(),
            )
        async with services.engine.connect() as conn:
            found = await tickets.by_number(conn, played.number)
        if found:
            return found[0]
        await lab.stage.time.sleep(POLL_SECONDS)
    raise AssertionError("the ticket was never taken in")


async def work_off(lab: Lab, patience: timedelta) -> bool:
    """Do the jobs as a worker does, those that fall due within `patience`; return whether none is left."""
    services, manager = lab.services, lab.services.queue.job_manager
    worker = await manager.register_worker()
    end = lab.stage.time.now + patience
    while (due := await _next_due(lab)) is not None:
        if due > end:
            return False
        await _bring_up(lab, due)
        job = await manager.fetch_job(queues=None, worker_id=worker)
        assert job is not None
        context = JobContext(
            app=services.queue,
            job=job,
            start_timestamp=0.0,
            abort_reason=lambda: None,
            additional_context={"services": services},
        )
        await services.queue.tasks[job.task_name].func(context, **job.task_kwargs)
        await manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
    return True


async def _next_due(lab: Lab) -> datetime | None:
    """Return when the next job is due, which may be past; `None` when there is none."""
    query = text("SELECT min(coalesce(scheduled_at, :past)) FROM procrastinate_jobs WHERE status = 'todo'")
    async with lab.services.engine.connect() as conn:
        found: datetime | None = (
            await conn.execute(query, {"past": datetime.min.replace(tzinfo=UTC)})
        ).scalar()
    return found


async def _bring_up(lab: Lab, due: datetime) -> None:
    """Move our clock on to `due`; the database has a clock of its own, so it is told what that means."""
    time = lab.stage.time
    time.now = max(time.now, due)
    statement = text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE scheduled_at <= :now")
    async with lab.services.engine.begin() as conn:
        await conn.execute(statement, {"now": time.now})
