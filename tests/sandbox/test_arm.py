"""Automation: job states, output, streams, refusals, workers that sleep or are lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.sandbox.jobs import RUN, finished, restart, unlock
from triage.sandbox.apps import Apps
from triage.sandbox.records import AppRegistration, Json


async def test_a_job_goes_through_its_states_one_by_one(automation: httpx.AsyncClient, locked: str) -> None:
    first = (await automation.put(f"/jobs/{RUN}", json=unlock(locked))).json()["properties"]["status"]
    later = [(await automation.get(f"/jobs/{RUN}")).json()["properties"]["status"] for _ in range(4)]
    assert [first, *later] == ["New", "Activating", "Running", "Completed", "Completed"]


async def test_a_state_lasts_as_long_as_the_pace_says(
    company: Apps, automation: httpx.AsyncClient, locked: str, clock: Any
) -> None:
    company.workers.pace = timedelta(seconds=30)
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


async def test_a_runbook_shows_that_it_is_published(automation: httpx.AsyncClient) -> None:
    found = (await automation.get("/runbooks/Unlock-AdAccount")).json()
    assert (found["name"], found["properties"]["state"]) == ("Unlock-AdAccount", "Published")
    assert (await automation.get("/runbooks/Format-Disk")).json()["error"]["code"] == "NotFound"


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
