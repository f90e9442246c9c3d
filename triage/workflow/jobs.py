"""The jobs: each looks at one ticket or run and takes its next step, or does nothing when it is done."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta

from procrastinate import App, JobContext, RetryStrategy
from procrastinate.connector import BaseConnector
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.clients.servicenow import ServiceNowClient
from actions.errors import OutsideError
from triage.domain.ticket import Ticket
from triage.errors import Broken, TriageError
from triage.intake.accept import Accepted, accept
from triage.intake.poll import poll
from triage.settings import Settings
from triage.store import runs, tickets
from triage.store.queue import (
    ADVANCE,
    ASK,
    HEAR,
    OBJECTION,
    TRIAGE,
    WRITE_BACK,
    Job,
    advance_job,
    ask_job,
    defer,
    objection_job,
    triage_job,
    write_back_job,
)
from triage.workflow import (
    asking,
    containing,
    first_day,
    records,
    runner,
    sequence,
    surrender,
    upkeep,
    writeback,
)
from triage.workflow.credentials import watch_credentials
from triage.workflow.deciding import triage_ticket
from triage.workflow.hearing import hear
from triage.workflow.reconciling import reconcile
from triage.workflow.services import Services
from triage.workflow.turns import Turn
from triage.workflow.watching import watch_directory

_log = logging.getLogger(__name__)
_SERVICES = "services"
_PAUSE_SECONDS = 2.0
_AT_NIGHT = "17 2 * * *"
_A_DAY_AND_MORE = timedelta(hours=25)
_PATIENT = RetryStrategy(max_attempts=10, exponential_wait=2)
"""For what `Turn` cannot handle, as the database being away just then."""


def job_app(connector: BaseConnector, settings: Settings) -> App:
    """Return the job engine with every task; it has to be opened before use."""
    app = App(connector=connector)
    tasks = (
        (TRIAGE, _triage),
        (ADVANCE, _advance),
        (WRITE_BACK, _write_back),
        (ASK, _ask),
        (OBJECTION, _object),
    )
    for name, task in tasks:
        app.task(name=name, pass_context=True, retry=_PATIENT)(task)
    app.task(name=HEAR, pass_context=True, retry=_PATIENT)(_hear)
    pause = max(1, min(59, round(settings.servicenow.poll_every.total_seconds())))
    silence = settings.limits.stalled.total_seconds()
    _every(app, max(1, round(silence / 3)), "reap_stalled", _reap)
    _every(app, 59, "take_up_forgotten", _take_up, lock="take_up_forgotten")
    _every(app, 30, "watch_secrets", _watch_secrets, lock="watch_secrets")
    _every(app, 10, "tend_reviews", _tend_reviews, lock="tend_reviews")
    _every(app, 59, "watch_credentials", _watch_credentials, lock="watch_credentials")
    _every(app, 59, "keep_proof", _keep_proof, lock="keep_proof")
    _every(app, 59, "watch_directory", _watch_directory, lock="watch_directory")
    nightly = app.task(name="reconcile", pass_context=True, queueing_lock="reconcile")(_reconcile)
    app.periodic(cron=_AT_NIGHT, periodic_id="reconcile")(nightly)
    if settings.servicenow.url:
        _every(app, pause, "poll_servicenow", _poll, lock="poll_servicenow")
    return app


def _every(
    app: App,
    seconds: int,
    name: str,
    task: Callable[[JobContext, int], Awaitable[None]],
    lock: str | None = None,
) -> None:
    """Let one worker do `task` every so many seconds, unless one is queued already.

    With a `lock`, two are never at work at once. The reaper takes none: one that dies at work would keep it
    from whoever could reap it.
    """
    periodic = app.task(name=name, pass_context=True, lock=lock, queueing_lock=name)(task)
    app.periodic(cron=f"* * * * * */{seconds}", periodic_id=name)(periodic)


async def work(services: Services, *, concurrency: int = 4) -> None:
    """Do jobs until cancelled; jobs in hand are finished first, for at most ten seconds.

    New jobs are noticed at once (LISTEN/NOTIFY), delayed ones at the next look, every second. A worker that
    stops, as it does when the database goes away, is started again.
    """
    while True:
        worker = asyncio.create_task(
            _work(services, concurrency)
        )  # its end, even a cancelled one, is not ours
        try:
            await asyncio.wait({worker})
        finally:
            worker.cancel()
            await asyncio.wait({worker})
        cause = None if worker.cancelled() else worker.exception()
        _log.warning("the worker stopped and is started again", exc_info=cause)
        await asyncio.sleep(_PAUSE_SECONDS)


async def _work(services: Services, concurrency: int) -> None:
    silence = services.settings.limits.stalled.total_seconds()
    await services.queue.run_worker_async(
        concurrency=concurrency,
        install_signal_handlers=False,
        fetch_job_polling_interval=1.0,
        abort_job_polling_interval=60.0,
        update_heartbeat_interval=silence / 3,
        stalled_worker_timeout=silence,
        shutdown_graceful_timeout=10.0,
        delete_jobs="always",  # all that is worth keeping is in our own tables
        additional_context={_SERVICES: services},
    )


async def _triage(context: JobContext, subject: str, failures: int = 0) -> None:
    services, ticket_id = _services(context), uuid.UUID(subject)
    async with services.engine.connect() as conn:
        stored = await tickets.get(conn, ticket_id)
    turn = Turn(services, triage_job(ticket_id, stored.ticket.caller_id), failures, context.job.lock)
    await turn.take(lambda: triage_ticket(services, ticket_id), surrender.give_up_ticket)


async def _advance(context: JobContext, subject: str, failures: int = 0) -> None:
    services, run_id = _services(context), uuid.UUID(subject)
    async with services.engine.connect() as conn:
        job = advance_job(await runs.get(conn, run_id))
    turn = Turn(services, job, failures, context.job.lock)
    await turn.take(lambda: _while_due(services, job), surrender.give_up_run)


async def _while_due(services: Services, job: Job) -> None:
    """Take the steps of a run as long as one is due; the next that is not becomes a job with a time."""
    due = await runner.advance(services, job.subject)
    while due is not None:
        if due > services.clock():
            async with services.engine.begin() as conn:
                await defer(conn, services.queue, job, at=due)
            return
        due = await runner.advance(services, job.subject)


async def _write_back(context: JobContext, subject: str, failures: int = 0) -> None:
    services, ticket_id = _services(context), uuid.UUID(subject)
    turn = Turn(services, write_back_job(ticket_id), failures, context.job.lock)
    await turn.take(lambda: writeback.write_back(services, ticket_id))


async def _ask(context: JobContext, subject: str, failures: int = 0) -> None:
    services, review_id = _services(context), uuid.UUID(subject)
    turn = Turn(services, ask_job(review_id), failures, context.job.lock)
    await turn.take(lambda: _asked(services, review_id))


async def _asked(services: Services, review_id: uuid.UUID) -> None:
    await asking.ask_people(services, review_id)


async def _object(context: JobContext, subject: str, failures: int = 0) -> None:
    services, job = _services(context), objection_job(uuid.UUID(subject))
    turn = Turn(services, job, failures, context.job.lock)
    await turn.take(lambda: _objected(services, job))


async def _objected(services: Services, job: Job) -> None:
    due = await containing.tend(services, job.subject)
    if due is not None:
        async with services.engine.begin() as conn:
            await defer(conn, services.queue, job, at=due)


async def _tend_reviews(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the job engine passes it
    services = _services(context)
    try:
        await records.read_records(services)
    except OutsideError as trouble:
        _log.warning("answers in the ITSM are read later: %s %s", trouble.message, trouble.hint)
    await upkeep.tend_reviews(services)


async def _hear(context: JobContext, table: str, sys_id: str) -> None:
    await hear(_services(context), table, sys_id)


async def _poll(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the job engine passes it
    services = _services(context)
    if services.servicenow is None:
        return
    try:
        await _poll_tables(services, services.servicenow)
    except OutsideError as trouble:
        _log.warning("polling goes on later: %s %s", trouble.message, trouble.hint)


async def _poll_tables(services: Services, client: ServiceNowClient) -> None:
    settings = services.settings.servicenow
    for table in settings.tables:
        await poll(
            services.engine,
            client,
            table,
            lambda conn, ticket: _accept(conn, services, ticket),
            overlap=settings.overlap,
            now=services.clock(),
            since=settings.since,
        )


async def _accept(conn: AsyncConnection, services: Services, ticket: Ticket) -> Accepted:
    return await accept(
        conn,
        services.queue,
        ticket,
        ticket_id=services.new_id(),
        now=services.clock(),
        actor="service",
    )


async def _reap(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the job engine passes it
    services = _services(context)
    await upkeep.reap_stalled(services)
    await upkeep.wake_held(services)
    await upkeep.note_halt_file(services)
    await sequence.start_due(services)
    await first_day.tell_called(services)


async def _take_up(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the job engine passes it
    await upkeep.take_up_forgotten(_services(context))


async def _watch_secrets(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the job engine passes it
    await upkeep.watch_secrets(_services(context))


async def _watch_credentials(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the job engine passes it
    await watch_credentials(_services(context))


async def _keep_proof(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the job engine passes it
    try:
        await upkeep.keep_proof(_services(context))
    except TriageError as trouble:
        _log.error("the audit chain was not signed or deposited: %s %s", trouble.message, trouble.hint)


async def _watch_directory(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - as above
    try:
        await watch_directory(_services(context))
    except OutsideError as trouble:
        _log.warning("changes made outside were not read: %s %s", trouble.message, trouble.hint)


async def _reconcile(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - as above
    try:
        found = await reconcile(_services(context), _A_DAY_AND_MORE)
    except (OutsideError, TriageError) as trouble:
        _log.error("our record was not compared with Entra's: %s %s", trouble.message, trouble.hint)
        return
    for alarm in found.alarms:
        _log.error("reconciliation: %s: %s (%s)", alarm.kind, alarm.reference, alarm.activity)


def _services(context: JobContext) -> Services:
    services = context.additional_context.get(_SERVICES)
    if not isinstance(services, Services):
        raise Broken("a job runs without the services of its worker")
    return services
