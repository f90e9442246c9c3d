"""What an Automation account tells of its workers and runbooks."""

from __future__ import annotations

import pytest

from actions.clients.hybrid import Hybrid
from actions.errors import Forbidden, NotFound
from tests.actions.stage import Stage
from triage.sandbox.registrations import credentials


def hybrid(stage: Stage) -> Hybrid:
    return Hybrid(stage.reading.automation)


async def test_workers_are_told_with_the_moment_they_were_last_seen(stage: Stage) -> None:
    worker = stage.apps.tenant.workers[0]
    seen = await hybrid(stage).workers(worker.group)
    assert [(one.name, one.at) for one in seen.workers] == [(worker.name, worker.last_seen)]
    assert worker.group in await hybrid(stage).groups()


async def test_an_unknown_group_is_not_an_empty_one(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await hybrid(stage).workers("nowhere")


async def test_a_worker_without_a_readable_time_counts_as_never_seen(stage: Stage) -> None:
    stage.transport.instead["GET", "/subscriptions"] = (
        '{"value": [{"properties": {"workerName": "W", "lastSeenDateTime": "yesterday"}}, 7]}'
    )
    (worker,) = (await hybrid(stage).workers("any")).workers
    assert (worker.name, worker.at) == ("W", None)


@pytest.mark.parametrize(("state", "published"), [("Published", True), ("Edit", True), ("New", False)])
async def test_a_runbook_that_was_published_can_be_started(stage: Stage, state: str, published: bool) -> None:
    stage.transport.instead["GET", "/subscriptions"] = f'{{"properties": {{"state": "{state}"}}}}'
    assert await hybrid(stage).published("Unlock-AdAccount") is published


async def test_a_runbook_that_is_not_there_is_not_published(stage: Stage) -> None:
    assert await hybrid(stage).published("Format-Disk") is False


async def test_a_role_that_is_missing_is_named(stage: Stage) -> None:
    tenant = stage.apps.tenant
    tenant.apps[credentials(tenant, "service").client_id].azure_roles.clear()
    with pytest.raises(Forbidden) as refused:
        await hybrid(stage).published("Unlock-AdAccount")
    assert "Automation Runbook Operator" in refused.value.hint
