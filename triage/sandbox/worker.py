"""The make-believe hybrid worker: moves each job one state on and runs the twin of its runbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from triage.sandbox.records import Job, JobStatus, StreamRecord, StreamType, Worker
from triage.sandbox.runbooks.contract import binds, executed, result_line
from triage.sandbox.runbooks.shelf import TWINS
from triage.sandbox.tenant import Tenant, new_id

ENDED: frozenset[JobStatus] = frozenset({"Completed", "Failed", "Stopped", "Suspended"})
MAX_STARTS = 3
PATIENCE = timedelta(minutes=30)

Mishap = Literal["fail", "error_stream", "suspend", "restart"]


@dataclass(slots=True)
class Pool:
    """The workers' pace (least time in each state) and the mishaps waiting for jobs of a runbook.

    `restart` loses the worker after the effect, so the runbook begins again; `error_stream` completes the job
    with an error record; `fail` and `suspend` end it before any effect.
    """

    pace: timedelta = timedelta(0)
    mishaps: dict[str, list[Mishap]] = field(default_factory=dict)


def advance(tenant: Tenant, pool: Pool) -> None:
    """Move every open job one state on, if its time has come: New, Activating, Running, an end state."""
    now = tenant.clock()
    for worker in tenant.workers:
        if not worker.asleep:
            worker.last_seen = now
    for job in tenant.jobs.values():
        if job.status not in ENDED and now - job.modified >= pool.pace:
            _STEPS[job.status](tenant, pool, job)


def workers_of(tenant: Tenant, group: str) -> list[Worker]:
    """Return the workers of a hybrid worker group."""
    return [worker for worker in tenant.workers if worker.group == group]


def stop(tenant: Tenant, job: Job) -> None:
    """End a job that has not ended; whatever its runbook did stays done."""
    if job.status not in ENDED:
        _enter(tenant, job, "Stopped")


def _activate(tenant: Tenant, _pool: Pool, job: Job) -> None:
    if any(not worker.asleep for worker in workers_of(tenant, job.run_on)):
        _enter(tenant, job, "Activating")
    elif tenant.clock() - job.created >= PATIENCE:
        job.exception = "The job was suspended after 3 attempts: no worker of the group picked it up."
        _enter(tenant, job, "Suspended")


def _start(tenant: Tenant, _pool: Pool, job: Job) -> None:
    job.starts += 1
    job.started = tenant.clock()
    _enter(tenant, job, "Running")


def _finish(tenant: Tenant, pool: Pool, job: Job) -> None:
    waiting = pool.mishaps.get(job.runbook, [])
    mishap = waiting.pop(0) if waiting else None
    if mishap in {"fail", "suspend"}:
        job.exception = "The worker stopped answering."
        _enter(tenant, job, "Failed" if mishap == "fail" else "Suspended")
        return
    if not _run(tenant, job):
        _enter(tenant, job, "Failed")
        return
    if mishap == "restart":
        # The worker was lost before it could report; the runbook begins again, three times at most.
        _enter(tenant, job, "New" if job.starts < MAX_STARTS else "Suspended")
        return
    if mishap == "error_stream":
        _write(tenant, job, "Error", "A non-terminating error occurred.")
    _enter(tenant, job, "Completed")


def _run(tenant: Tenant, job: Job) -> bool:
    twin = TWINS[job.runbook]
    if not binds(twin, job.parameters):
        job.exception = "Cannot bind the parameters of the runbook."
        return False
    result = executed(tenant, twin, job.parameters)
    _write(tenant, job, "Output", result_line(result))
    if not result["ok"]:
        # The runbooks throw after such a line, so that the job fails too.
        job.exception = f"{job.runbook} refused: {result['detail']}"
        _write(tenant, job, "Error", job.exception)
    return bool(result["ok"])


def _write(tenant: Tenant, job: Job, kind: StreamType, text: str) -> None:
    job.streams.append(StreamRecord(new_id(tenant, "stream"), tenant.clock(), kind, text))


def _enter(tenant: Tenant, job: Job, status: JobStatus) -> None:
    job.status, job.modified = status, tenant.clock()
    if status in ENDED:
        job.ended = job.modified


_STEPS: dict[JobStatus, Callable[[Tenant, Pool, Job], None]] = {
    "New": _activate,
    "Activating": _start,
    "Running": _finish,
}
