"""What the twins of the runbooks do and refuse, seen through Automation jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest

from tests.sandbox.jobs import RUN, finished, job_of, reset, restart, result_of, unlock
from triage.sandbox.apps import Apps
from triage.sandbox.records import Json
from triage.sandbox.tenant import opens_account
from triage.sandbox.vault import find_secret


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
async def test_parameters_that_do_not_bind_fail_thejob_of(
    automation: httpx.AsyncClient, parameters: Json
) -> None:
    job, output = await finished(automation, job_of("Unlock-AdAccount", parameters))
    assert (job["status"], output) == ("Failed", "")
    assert job["exception"]
