"""Automation jobs: started once per name, and judged by more than their status."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from actions.clients.automation import AutomationClient, JobResult, JobState, result_of
from actions.errors import Forbidden, NotFound, OutsideError, Refused
from tests.actions.stage import Stage
from triage.sandbox.faults import Rule, arm
from triage.sandbox.registrations import credentials

NAME = uuid.UUID(int=5)
UNLOCK = {"SamAccountName": "dgarcia", "ExecutionId": str(NAME)}


@pytest.fixture
def client(stage: Stage) -> AutomationClient:
    return stage.writing.automation


async def finished(client: AutomationClient) -> JobResult:
    for _ in range(6):
        job = await client.job(NAME)
        if job.state not in {JobState.WAITING, JobState.RUNNING}:
            return job
    raise AssertionError("the job never ended")


async def submit(client: AutomationClient) -> None:
    await client.submit_job(NAME, "Unlock-AdAccount", UNLOCK, "hamburg")


async def test_a_job_goes_from_waiting_to_its_result(client: AutomationClient) -> None:
    await submit(client)
    assert (await client.job(NAME)).state is JobState.WAITING
    job = await finished(client)
    assert job.succeeded
    assert (job.result["runbook"], job.result["ok"]) == ("Unlock-AdAccount", True)


async def test_the_same_name_starts_one_job(client: AutomationClient, stage: Stage) -> None:
    await submit(client)
    await submit(client)
    assert list(stage.apps.tenant.jobs) == [str(NAME)]


@pytest.mark.parametrize("effect", ["drop_after", "answer_after"])
async def test_a_lost_answer_is_healed(client: AutomationClient, stage: Stage, effect: str) -> None:
    arm(stage.apps.faults, [Rule.model_validate({"app": "arm", "method": "PUT", "effect": effect})])
    await submit(client)
    assert (await finished(client)).succeeded


async def test_an_unknown_runbook_is_refused(client: AutomationClient) -> None:
    with pytest.raises(Refused):
        await client.submit_job(NAME, "Format-Disk", UNLOCK, "hamburg")


async def test_a_job_nobody_started_is_not_found(client: AutomationClient) -> None:
    with pytest.raises(NotFound):
        await client.job(NAME)


async def test_a_missing_role_is_named(client: AutomationClient, stage: Stage) -> None:
    app = stage.apps.tenant.apps[credentials(stage.apps.tenant, "service").client_id]
    app.azure_roles -= {"Automation Job Operator"}
    with pytest.raises(Forbidden) as refused:
        await submit(client)
    assert "Automation Job Operator" in refused.value.hint


@pytest.mark.parametrize(
    ("mishap", "state"),
    [
        ("fail", JobState.FAILED),
        ("suspend", JobState.FAILED),
        ("error_stream", JobState.COMPLETED),
    ],
)
async def test_a_mishap_is_no_success(
    client: AutomationClient, stage: Stage, mishap: str, state: JobState
) -> None:
    stage.apps.workers.mishaps["Unlock-AdAccount"] = [mishap]  # type: ignore[list-item]  # one of its words
    await submit(client)
    job = await finished(client)
    assert (job.state, job.succeeded) == (state, False)


async def test_a_runbook_begun_again_by_the_worker_still_succeeds(
    client: AutomationClient, stage: Stage
) -> None:
    stage.apps.workers.mishaps["Unlock-AdAccount"] = ["restart"]
    await submit(client)
    assert [await client.job(NAME) for _ in range(4)]
    assert (await finished(client)).succeeded


GOOD = JobResult(NAME, JobState.COMPLETED, "Completed", {"ok": True, "executionId": str(NAME)})


def test_success_needs_everything_at_once() -> None:
    assert GOOD.succeeded
    flawed = (
        replace(GOOD, state=JobState.FAILED),
        replace(GOOD, errors=1),
        replace(GOOD, result={}),
        replace(GOOD, result={"ok": "true", "executionId": str(NAME)}),
        replace(GOOD, result={"ok": True, "executionId": str(uuid.UUID(int=6))}),
    )
    assert not any(job.succeeded for job in flawed)


@pytest.mark.parametrize(
    ("output", "result"),
    [
        ("", {}),
        ('noise\nTRIAGE-RESULT {"ok":true}\nmore', {"ok": True}),
        ('TRIAGE-RESULT {"ok":false}\nTRIAGE-RESULT {"ok":true}\r\n', {"ok": True}),
        ("TRIAGE-RESULT {", {}),
        ("TRIAGE-RESULT []", {}),
        (' TRIAGE-RESULT {"ok":true}', {}),
    ],
)
def test_the_result_is_the_last_marked_line(output: str, result: dict[str, object]) -> None:
    assert result_of(output) == result


async def test_an_unknown_status_counts_as_still_running(client: AutomationClient, stage: Stage) -> None:
    stage.transport.instead = {("GET", client.account): '{"properties": {"status": "Dreaming"}}'}
    assert (await client.job(NAME)).state is JobState.RUNNING


async def test_when_the_look_after_a_refusal_fails_too_the_refusal_stands(
    client: AutomationClient, stage: Stage
) -> None:
    arm(stage.apps.faults, [Rule(app="arm", effect="answer", method="PUT", status=409)])
    with pytest.raises(OutsideError):
        await submit(client)
