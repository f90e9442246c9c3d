"""What keeps the work going: dead workers' jobs, held runs, forgotten steps, people, old secrets, proof."""

from __future__ import annotations

import socket
from datetime import timedelta

from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from pydantic import JsonValue

from actions.errors import OutsideError
from triage.audit import anchors, checkpoints
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import Run
from triage.halt import note_file
from triage.secrets import seal
from triage.store import contents, decisions, invitations, notes, objections, runs, tickets
from triage.store.notes import NoteKind
from triage.store.queue import advance_job, ask_job, defer, objection_job, triage_job, write_back_job
from triage.workflow.expiring import end_waiting
from triage.workflow.probing import end_probing, tell_security
from triage.workflow.saying import say
from triage.workflow.services import Services
from triage.workflow.storms import end_storms
from triage.workflow.vault import empty_vault

FORGOTTEN = timedelta(minutes=15)
"""Age at which a step without a sign of life is taken up again (ours); all steps may be repeated."""


async def reap_stalled(services: Services) -> int:
    """Give the jobs of workers that fell silent back to the queue; return how many."""
    manager = services.queue.job_manager
    silence = services.settings.limits.stalled.total_seconds()
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=silence))
    for job in stalled:
        try:
            await manager.retry_job(job)
        except UniqueViolation:  # the same step is queued already, and waits for the lock of this one
            await manager.finish_job(job, Status.ABORTED, delete_job=True)
    return len(stalled)


async def wake_held(services: Services) -> None:
    """Let the runs go on that the kill switch no longer stops."""
    async with services.engine.connect() as conn:
        waiting = await runs.held(conn)
    for run in waiting:
        if not await _stopped(services, run):
            async with services.engine.begin() as conn:
                await defer(conn, services.queue, advance_job(run))


async def note_halt_file(services: Services) -> None:
    """Keep in the chain what the kill-switch file of this machine says."""
    async with services.engine.begin() as conn:
        await note_file(conn, services.settings.data_dir, socket.gethostname(), services.clock())


async def take_up_forgotten(services: Services) -> None:
    """Defer the next step of whatever has not moved for long; one that is queued already is not doubled."""
    before = services.clock() - FORGOTTEN
    async with services.engine.begin() as conn:
        for stored in await tickets.unmoved(conn, before):
            await defer(conn, services.queue, triage_job(stored.id, stored.ticket.caller_id))
        for run in await runs.unmoved(conn, before):
            await defer(conn, services.queue, advance_job(run))
        for objection_id in await objections.unfinished(conn, before):
            await defer(conn, services.queue, objection_job(objection_id))
        for ticket_id in await notes.overdue(conn, before):
            await defer(conn, services.queue, write_back_job(ticket_id))


async def tend_reviews(services: Services) -> None:
    """Ask, remind or give up on whom that is due for, and end reviews and records that wait for nobody."""
    await end_waiting(services)
    await tell_security(services)
    async with services.engine.begin() as conn:
        for review_id in await invitations.due(conn, services.clock()):
            await defer(conn, services.queue, ask_job(review_id))


async def watch_secrets(services: Services) -> None:
    """Destroy the secrets whose link nobody opened in time, and tell the desk."""
    now = services.clock()
    async with services.engine.connect() as conn:
        late = await seal.expired(conn, now)
    for run_id in late:
        async with services.engine.connect() as conn:
            run = await runs.get(conn, run_id)
        try:
            await empty_vault(services, run)
        except OutsideError:
            continue  # the link has expired and opens nothing; the next round tries again
        async with services.engine.begin() as conn:
            if not await seal.destroy(conn, run_id, reason="nobody opened the link in time", now=now):
                continue
            text = "Triage: the one-time link was not opened in time; the password must be reset again."
            await say(conn, services, run.ticket_id, NoteKind.WORK_NOTE, (f"expired {run_id}", text))


async def keep_proof(services: Services) -> None:
    """Sign what was recorded, deposit the checkpoint outside, and erase what is older than may be kept."""
    settings, now = services.settings, services.clock()
    async with services.engine.begin() as conn:
        pause = settings.audit.sign_every
        await checkpoints.sign(conn, settings.data_dir, now=now, actor="service", pause=pause)
        waiting = await anchors.undeposited(conn)
    if waiting is not None:
        places = await anchors.deposit(waiting, settings.audit)
        async with services.engine.begin() as conn:
            if places:
                await anchors.note_deposit(conn, waiting, places, now=now)
    async with services.engine.begin() as conn:
        await end_storms(conn, now)
        await end_probing(conn, now)
        await contents.forget_old_asks(conn, now)
        old = await contents.old_tickets(conn, now - settings.audit.keep_contents)
        if erased := await contents.erase(conn, old, now):
            data: dict[str, JsonValue] = {"tickets": erased, "reason": "they are older than may be kept"}
            await append(conn, Event.CONTENTS_ERASED, "tickets", data, actor="service", now=now)


async def _stopped(services: Services, run: Run) -> bool:
    async with services.engine.connect() as conn:
        kept = await decisions.get(conn, run.decision_id)
    return await services.tools.switch.stops(run.action, run.tier, kept.decision.label)
