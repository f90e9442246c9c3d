"""Automation jobs on the wire: what a client may create and how jobs, streams and workers look as JSON."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from triage.sandbox.arm_limits import ArmError
from triage.sandbox.bodies import Body, parsed
from triage.sandbox.records import Job, Json, StreamRecord, Worker
from triage.sandbox.runbooks.shelf import TWINS
from triage.sandbox.tenant import Tenant, new_id, stable_id
from triage.sandbox.worker import workers_of

_PROVISIONING = {"Completed": "Succeeded", "Failed": "Failed", "Suspended": "Suspended", "Stopped": "Failed"}


class _Runbook(Body):
    name: str


class _JobProperties(Body):
    runbook: _Runbook
    parameters: dict[str, str] | None = None
    run_on: str | None = None


class _NewJob(Body):
    properties: _JobProperties


def new_job(tenant: Tenant, name: str, body: Json, started_by: str) -> Job:
    """Create a job under the client's own name (a GUID) and return it.

    Raises:
        ArmError: 409 for a name used before, 400 for a bad name, unknown runbook or group.
        MalformedError: a field is missing or of another type; parameters must be strings.
    """
    asked = parsed(_NewJob, body).properties
    if name.lower() in tenant.jobs:
        raise ArmError(409, "Conflict", "Job with specified id already exists.")
    if not _is_guid(name):
        raise ArmError(400, "BadRequest", "The job name must be a GUID.")
    if asked.runbook.name not in TWINS:
        raise ArmError(400, "BadRequest", "The runbook does not exist or is not published.")
    if not workers_of(tenant, asked.run_on or ""):
        raise ArmError(400, "BadRequest", "The hybrid worker group does not exist.")
    now = tenant.clock()
    job = Job(
        name=name,
        job_id=new_id(tenant, "job"),
        runbook=asked.runbook.name,
        parameters=dict(asked.parameters or {}),
        run_on=asked.run_on or "",
        started_by=started_by,
        created=now,
        modified=now,
    )
    tenant.jobs[name.lower()] = job
    return job


def job_json(account_id: str, job: Job) -> Json:
    """Return the job as ARM shows it; its parameters are readable by everybody who may read jobs."""
    return {
        "id": f"{account_id}/jobs/{job.name}",
        "name": job.name,
        "type": "Microsoft.Automation/AutomationAccounts/Jobs",
        "properties": {
            "jobId": job.job_id,
            "creationTime": _time(job.created),
            "startTime": _time(job.started),
            "endTime": _time(job.ended),
            "lastModifiedTime": _time(job.modified),
            "lastStatusModifiedTime": _time(job.modified),
            "provisioningState": _PROVISIONING.get(job.status, "Processing"),
            "status": job.status,
            "statusDetails": "None",
            "exception": job.exception,
            "startedBy": job.started_by,
            "runOn": job.run_on,
            "runbook": {"name": job.runbook},
            "parameters": job.parameters,
        },
    }


def stream_json(account_id: str, job: Job, stream: StreamRecord) -> Json:
    """Return a stream record as it stands in a list: summary only."""
    return {
        "id": f"{account_id}/jobs/{job.name}/streams/{stream.id}",
        "properties": {
            "jobStreamId": stream.id,
            "time": _time(stream.at),
            "streamType": stream.type,
            "summary": stream.text[:1024],
        },
    }


def runbook_json(account_id: str, name: str) -> Json:
    """Return a published runbook as ARM shows it: properties, no text."""
    return {
        "id": f"{account_id}/runbooks/{name}",
        "name": name,
        "type": "Microsoft.Automation/AutomationAccounts/Runbooks",
        "properties": {
            "runbookType": "PowerShell72",
            "state": "Published",
            "provisioningState": "Succeeded",
            "logVerbose": False,
            "logProgress": False,
            "parameters": {
                parameter: {"type": "System.String", "isMandatory": True, "position": position}
                for position, parameter in enumerate(TWINS[name].parameters)
            },
        },
    }


def worker_json(worker: Worker) -> Json:
    """Return a hybrid worker with the time it was last seen."""
    return {
        "name": stable_id("worker", worker.name),
        "properties": {
            "workerName": worker.name,
            "workerType": "HybridV2",
            "lastSeenDateTime": _time(worker.last_seen),
            "registeredDateTime": "2026-01-12T08:00:00+00:00",
            "ip": "192.0.2.10",
            "vmResourceId": None,
        },
    }


def _is_guid(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
