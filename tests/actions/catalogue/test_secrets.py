"""Passwords: set as given, or made on the worker; found in no plan, job, log or error."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from actions.catalogue.reset_ad_password import ACTION as RESET_AD_PASSWORD
from actions.catalogue.reset_ad_password import ResetAdPassword
from actions.catalogue.reset_password import ACTION as RESET_PASSWORD
from actions.catalogue.reset_password import ResetPassword
from actions.contract import Seen, read_back
from actions.errors import OutcomeUnknown, Refused
from tests.actions.stage import PASSWORD, Stage
from triage.sandbox.faults import Rule, arm
from triage.sandbox.tenant import opens_account

FREYA = ResetPassword(user_id="e8ff2d8e-736a-553f-9edf-2e19270add77")
DORA = ResetAdPassword(user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d")


async def test_the_password_of_the_run_opens_the_account_afterwards(stage: Stage) -> None:
    await RESET_PASSWORD.execute(stage.writing, FREYA, stage.run)
    assert opens_account(stage.apps.tenant, FREYA.user_id, PASSWORD.get_secret_value())


async def test_a_password_made_on_the_worker_waits_in_the_vault(stage: Stage) -> None:
    await RESET_AD_PASSWORD.execute(stage.writing, DORA, stage.run)
    for _ in range(5):
        seen = await read_back(RESET_AD_PASSWORD, stage.reading, DORA, stage.run)
    assert seen.seen is Seen.DONE
    kept = await stage.reading.vault.get(stage.run.secret_name)
    assert kept.tags["executionId"] == str(stage.run.run_id)
    password = kept.value.get_secret_value()
    assert opens_account(stage.apps.tenant, DORA.user_id, password)
    job = stage.apps.tenant.jobs[str(stage.run.run_id)]
    assert password not in f"{job.parameters} {[stream.text for stream in job.streams]} {seen}"


async def test_no_plan_and_no_repr_holds_the_password(stage: Stage) -> None:
    plan = await RESET_PASSWORD.plan(stage.reading, FREYA)
    assert PASSWORD.get_secret_value() not in f"{plan!r} {stage.run!r} {vars(stage.run)}"


async def test_without_its_secret_a_reset_does_not_begin(stage: Stage) -> None:
    bare = replace(stage.run, secret=None, secret_name="")
    before = stage.directory()
    with pytest.raises(Refused):
        await RESET_PASSWORD.execute(stage.writing, FREYA, bare)
    with pytest.raises(Refused):
        await RESET_AD_PASSWORD.execute(stage.writing, DORA, bare)
    assert stage.directory() == before
    assert not stage.apps.tenant.jobs


async def test_a_reset_of_before_is_not_ours(stage: Stage) -> None:
    await RESET_PASSWORD.execute(stage.writing, FREYA, stage.run)
    later = replace(stage.run, started_at=stage.time.now + timedelta(seconds=1))
    assert (await read_back(RESET_PASSWORD, stage.reading, FREYA, later)).seen is Seen.ABSENT


async def test_a_reset_within_the_second_the_run_began_is_ours(stage: Stage) -> None:
    assert stage.run.started_at.microsecond
    await RESET_PASSWORD.execute(stage.writing, FREYA, stage.run)
    assert (await read_back(RESET_PASSWORD, stage.reading, FREYA, stage.run)).seen is Seen.DONE


@pytest.mark.parametrize("effect", ["drop_after", "answer_after"])
async def test_a_password_whose_answer_was_lost_is_found_set_and_not_set_again(
    stage: Stage, effect: str
) -> None:
    arm(stage.apps.faults, [Rule.model_validate({"app": "graph", "effect": effect, "method": "PATCH"})])
    await RESET_PASSWORD.execute(stage.writing, FREYA, stage.run)
    assert [change.what for change in stage.apps.tenant.changes].count("Reset user password") == 1
    assert (await read_back(RESET_PASSWORD, stage.reading, FREYA, stage.run)).seen is Seen.DONE


async def test_a_password_that_may_or_may_not_have_been_set_goes_to_a_person(stage: Stage) -> None:
    arm(stage.apps.faults, [Rule(app="graph", effect="drop_before", method="PATCH")])
    with pytest.raises(OutcomeUnknown):
        await RESET_PASSWORD.execute(stage.writing, FREYA, stage.run)
    assert stage.apps.tenant.changes == []
    assert (await read_back(RESET_PASSWORD, stage.reading, FREYA, stage.run)).seen is Seen.ABSENT
