"""Automation jobs as a client writes them: bodies, the way to the end, the result line."""

from __future__ import annotations

import json
from uuid import UUID, uuid5

import httpx

from triage.sandbox.records import Json
from triage.sandbox.runbooks.contract import RESULT_MARK

RUN = str(uuid5(UUID(int=1), "run"))


def reset(user: Json, execution: str = RUN) -> Json:
    parameters = {
        "SamAccountName": user["onPremisesSamAccountName"],
        "ExecutionId": execution,
        "SecretName": f"reset-{execution}",
        "VaultName": "kv",
    }
    return job_of("Reset-AdPassword", parameters)


def unlock(sam: str, execution: str = RUN) -> Json:
    return job_of("Unlock-AdAccount", {"SamAccountName": sam, "ExecutionId": execution})


def restart(server: str, service: str) -> Json:
    parameters = {"ServerName": server, "ServiceName": service, "ExecutionId": RUN}
    return job_of("Restart-AllowedService", parameters)


def job_of(runbook: str, parameters: Json) -> Json:
    return {"properties": {"runbook": {"name": runbook}, "parameters": parameters, "runOn": "hamburg"}}


async def finished(automation: httpx.AsyncClient, body: Json, name: str = RUN) -> tuple[Json, str]:
    """Create a job, ask until it ends, and return its properties and output."""
    created = await automation.put(f"/jobs/{name}", json=body)
    assert created.status_code == 201, created.text
    for _ in range(20):
        job = (await automation.get(f"/jobs/{name}")).json()["properties"]
        if job["status"] in {"Completed", "Failed", "Suspended", "Stopped"}:
            return job, (await automation.get(f"/jobs/{name}/output")).text
    raise AssertionError(f"the job is still {job['status']}")


def result_of(output: str) -> Json:
    lines = [line for line in output.splitlines() if line.startswith(RESULT_MARK)]
    assert len(lines) == 1, "exactly one result line"
    result: Json = json.loads(lines[0].removeprefix(RESULT_MARK))
    return result
