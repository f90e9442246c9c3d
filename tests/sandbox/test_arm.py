"""Automation: job states, output, streams, refusals, workers that sleep or are lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest

from triage.sandbox.apps import Apps
from triage.sandbox.records import AppRegistration, Json
from triage.sandbox.runbooks.contract import RESULT_MARK
from triage.sandbox.tenant import opens_account
from triage.sandbox.vault import find_secret

RUN = str(uuid5(UUID(int=1), "run"))


def reset(user: Json, execution: str = RUN) -> Json:
    parameters = {
        "SamAccountName": user["onPremisesSamAccountName"],
        "ExecutionId": execution,
        "SecretName": f"reset-{execution}",
        "VaultName": "kv",
    }
    return _job("Reset-AdPassword", parameters)


def unlock(sam: str, execution: str = RUN) -> Json:
    return _job("Unlock-AdAccount", {"SamAccountName": sam, "ExecutionId": execution})


def restart(server: str, service: str) -> Json:
    parameters = {"ServerName": server, "ServiceName": service, "ExecutionId": RUN}
    return _job("Restart-AllowedService", parameters)


def _job(runbook: str, parameters: Json) -> Json:
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


@pytest.fixture
def locked(company: Apps) -> str:
    """The name of an ordinary account that is locked."""
    accounts = company.tenant.ad.values()
    return next(a.sam for a in accounts if a.locked and a.enabled and not a.protected)


async def test_a_job_goes_through_its_states_one_by_one(automation: httpx.AsyncClient, locked: str) -> None:
    first = (await automation.put(f"/jobs/{RUN}", json=unlock(locked))).json()["properties"]["status"]
    later = [(await automation.get(f"/jobs/{RUN}")).json()["properties"]["status"] for _ in range(4)]
    assert [first, *later] == ["New", "Activating", "Running", "Completed", "Completed"]


async def test_a_state_lasts_as_long_as_the_pace_says(
    company: Apps, automation: httpx.AsyncClient, locked: str, clock: Any
) -> None:
    company.workers.pace = type(company.workers.pace)(seconds=30)
    await automation.put(f"/jobs/{RUN}", json=unlock(locked))
    assert (await automation.get(f"/jobs/{RUN}")).json()["properties"]["status"] == "New"
    clock.forward(30)
    assert (await automation.get(f"/jobs/{RUN}")).json()["properties"]["status"] == "Activating"


async def test_the_same_name_again_is_refused_and_does_nothing(
    company: Apps, automation: httpx.AsyncClient, locked: str
) -> None:
    await finished(automation, unlock(locked))
    again = await automation.put(f"/jobs/{RUN}", json=unlock(locked))
    assert again.status_code == 409
    assert again.json()["error"]["message"] == "Job with specified id already exists."
    assert len(company.tenant.jobs) == 1


async def test_a_password_reset_opens_the_account_with_what_lies_in_the_vault(
    company: Apps, automation: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user = person(synced=True)
    job, output = await finished(automation, reset(user))
    secret = find_secret(company.tenant, f"reset-{RUN}")
    assert job["status"] == "Completed"
    assert secret is not None
    assert secret.tags == {"executionId": RUN}
    assert opens_account(company.tenant, user["id"], secret.value)
    assert company.tenant.ad[user["onPremisesSamAccountName"].lower()].must_change
    assert result_of(output)["after"]["secretName"] == f"reset-{RUN}"


async def test_a_password_is_nowhere_but_in_the_vault(
    company: Apps, automation: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    await finished(automation, reset(person(synced=True)))
    secret = find_secret(company.tenant, f"reset-{RUN}")
    assert secret is not None
    everything = repr((company.tenant.jobs, company.tenant.changes, company.tenant.ad, company.tenant.users))
    assert secret.value not in everything


async def test_unlocking_tells_before_and_after(
    company: Apps, automation: httpx.AsyncClient, locked: str
) -> None:
    _, output = await finished(automation, unlock(locked))
    result = result_of(output)
    assert (result["ok"], result["changed"]) == (True, True)
    assert (result["before"], result["after"]) == ({"lockedOut": True}, {"lockedOut": False})
    assert not company.tenant.ad[locked.lower()].locked


async def test_a_second_job_of_one_execution_answers_the_same_and_does_nothing(
    company: Apps, automation: httpx.AsyncClient, locked: str
) -> None:
    _, first = await finished(automation, unlock(locked))
    company.tenant.ad[locked.lower()].locked = True
    other = str(uuid5(UUID(int=1), "other job"))
    _, second = await finished(automation, unlock(locked), other)
    assert second == first
    assert company.tenant.ad[locked.lower()].locked


@pytest.mark.parametrize(
    ("spoil", "detail"),
    [
        ("protected", "account_protected"),
        ("enabled", "account_disabled"),
    ],
)
async def test_a_runbook_refuses_accounts_it_must_not_touch(
    company: Apps, automation: httpx.AsyncClient, locked: str, spoil: str, detail: str
) -> None:
    account = company.tenant.ad[locked.lower()]
    setattr(account, spoil, not getattr(account, spoil))
    job, output = await finished(automation, unlock(locked))
    assert job["status"] == "Failed"
    assert (result_of(output)["ok"], result_of(output)["detail"]) == (False, detail)
    assert account.locked


async def test_an_unknown_account_is_refused(automation: httpx.AsyncClient) -> None:
    job, output = await finished(automation, unlock("nobody"))
    assert (job["status"], result_of(output)["detail"]) == ("Failed", "account_not_found")


async def test_an_allowed_service_is_restarted(
    company: Apps, automation: httpx.AsyncClient, clock: Any
) -> None:
    clock.forward(60)
    _, output = await finished(automation, restart("HL-PRN-01", "Spooler"))
    service = company.tenant.servers["hl-prn-01"].services["Spooler"]
    assert result_of(output)["changed"] is True
    assert (service.restarts, service.started_at) == (1, clock())


@pytest.mark.parametrize(
    ("server", "service"), [("HL-DC-01", "DNS"), ("HL-PRN-01", "LanmanServer"), ("HL-NONE-1", "Spooler")]
)
async def test_a_service_that_is_not_allowed_is_not_restarted(
    automation: httpx.AsyncClient, server: str, service: str
) -> None:
    job, output = await finished(automation, restart(server, service))
    assert (job["status"], result_of(output)["detail"]) == ("Failed", "service_not_allowed")


@pytest.mark.parametrize(
    "parameters",
    [
        {"SamAccountName": "a"},
        {"SamAccountName": "a'; Remove-ADUser b", "ExecutionId": RUN},
        {"SamAccountName": "a", "ExecutionId": "1"},
        {"SamAccountName": "a", "ExecutionId": RUN, "Force": "true"},
    ],
    ids=["missing", "injection", "no guid", "unknown name"],
)
async def test_parameters_that_do_not_bind_fail_the_job(
    automation: httpx.AsyncClient, parameters: Json
) -> None:
    job, output = await finished(automation, _job("Unlock-AdAccount", parameters))
    assert (job["status"], output) == ("Failed", "")
    assert job["exception"]


@pytest.mark.parametrize(
    "change",
    [
        {"runbook": {"name": "Remove-Everything"}},
        {"runOn": "nowhere"},
        {"parameters": {"SamAccountName": 1}},
    ],
)
async def test_a_job_that_cannot_be_is_refused_at_once(
    company: Apps, automation: httpx.AsyncClient, locked: str, change: Json
) -> None:
    body = {"properties": unlock(locked)["properties"] | change}
    assert (await automation.put(f"/jobs/{RUN}", json=body)).status_code == 400
    assert (await automation.put("/jobs/not-a-guid", json=unlock(locked))).status_code == 400
    assert not company.tenant.jobs


async def test_streams_show_output_and_errors(automation: httpx.AsyncClient) -> None:
    await finished(automation, unlock("nobody"))
    streams = (await automation.get(f"/jobs/{RUN}/streams")).json()["value"]
    assert [s["properties"]["streamType"] for s in streams] == ["Output", "Error"]
    one = await automation.get(f"/jobs/{RUN}/streams/{streams[1]['properties']['jobStreamId']}")
    assert "account_not_found" in one.json()["properties"]["streamText"]


@pytest.mark.parametrize(
    ("mishap", "status", "done"),
    [
        ("fail", "Failed", False),
        ("suspend", "Suspended", False),
        ("error_stream", "Completed", True),
        ("restart", "Completed", True),
    ],
)
async def test_a_worker_can_fail_in_each_known_way(
    *, company: Apps, automation: httpx.AsyncClient, locked: str, mishap: Any, status: str, done: bool
) -> None:
    company.workers.mishaps["Unlock-AdAccount"] = [mishap]
    job, _ = await finished(automation, unlock(locked))
    assert job["status"] == status
    assert company.tenant.ad[locked.lower()].locked is not done


async def test_a_runbook_begun_again_acts_once(company: Apps, automation: httpx.AsyncClient) -> None:
    company.workers.mishaps["Restart-AllowedService"] = ["restart", "restart"]
    await finished(automation, restart("HL-PRN-01", "Spooler"))
    assert company.tenant.servers["hl-prn-01"].services["Spooler"].restarts == 1
    assert company.tenant.jobs[RUN].starts == 3


async def test_a_job_nobody_picks_up_is_suspended_in_the_end(
    company: Apps, automation: httpx.AsyncClient, locked: str, clock: Any
) -> None:
    for worker in company.tenant.workers:
        worker.asleep = True
    await automation.put(f"/jobs/{RUN}", json=unlock(locked))
    assert (await automation.get(f"/jobs/{RUN}")).json()["properties"]["status"] == "New"
    clock.forward(1800)
    assert (await automation.get(f"/jobs/{RUN}")).json()["properties"]["status"] == "Suspended"


async def test_a_worker_asleep_was_last_seen_when_it_fell_asleep(
    company: Apps, automation: httpx.AsyncClient, clock: Any
) -> None:
    company.tenant.workers[0].asleep = True
    asleep_since = clock().isoformat()
    clock.forward(600)
    path = f"/hybridRunbookWorkerGroups/{company.tenant.workers[0].group}/hybridRunbookWorkers"
    workers = (await automation.get(path)).json()["value"]
    assert [w["properties"]["lastSeenDateTime"] for w in workers] == [asleep_since]


async def test_a_stopped_job_stays_stopped(automation: httpx.AsyncClient, locked: str) -> None:
    await automation.put(f"/jobs/{RUN}", json=unlock(locked))
    await automation.post(f"/jobs/{RUN}/stop")
    assert (await automation.get(f"/jobs/{RUN}")).json()["properties"]["status"] == "Stopped"


async def test_without_a_role_nothing_is_allowed(
    automation: httpx.AsyncClient, service: AppRegistration
) -> None:
    service.azure_roles.clear()
    answer = await automation.get(f"/jobs/{RUN}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AuthorizationFailed")


async def test_a_wrong_place_or_version_has_its_own_code(automation: httpx.AsyncClient) -> None:
    base = str(automation.base_url).rstrip("/")
    codes = {
        "SubscriptionNotFound": base.replace("/subscriptions/", "/subscriptions/0"),
        "ResourceGroupNotFound": base.replace("rg-automation", "rg-other"),
        "ResourceNotFound": base.replace("aa-triage", "aa-other"),
    }
    for code, place in codes.items():
        answer = await automation.get(f"{place}/jobs/{RUN}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)
    wrong = await automation.get(f"/jobs/{RUN}", params={"api-version": "1999-01-01"})
    assert wrong.json()["error"]["code"] == "InvalidApiVersionParameter"
    assert (await automation.get(f"/jobs/{RUN}")).json()["error"]["code"] == "NotFound"
