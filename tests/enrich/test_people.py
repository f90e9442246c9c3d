"""People cost at most two round trips, none when they were read a moment ago, and are never half known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from actions.clients.gate import InMemoryGate
from actions.clients.pacing import Pacing
from actions.connect import Outside, connect
from tests.actions.stage import WORLD, Stage, entra_tokens, places, servicenow_tokens, staged
from triage.cli.company import site_of
from triage.enrich.people import UNKNOWN, person_facts, requester_facts
from triage.sandbox.faults import Rule, arm
from triage.sandbox.tenant import user_by_key

KARIN = "karin.wright@harborline.example"
SITE = site_of(WORLD)
LIFE = timedelta(minutes=2)
READS = frozenset(
    {
        *("User.Read.All", "AuditLog.Read.All", "LicenseAssignment.Read.All", "GroupMember.Read.All"),
        *("RoleManagement.Read.Directory", "RoleEligibilitySchedule.Read.Directory", "User.ReadWrite.All"),
    }
)


@pytest.fixture
def stage() -> Stage:
    made = staged()
    made.grant(READS)
    return made


@pytest.fixture
async def outside(stage: Stage) -> AsyncIterator[Outside]:
    """Clients that know people for two minutes."""
    made, transport, time = stage.apps, stage.transport, stage.time
    yield connect(
        places(made),
        tokens=entra_tokens(made, transport, time),
        servicenow_tokens=servicenow_tokens(made, transport, time),
        gate=InMemoryGate(),
        pacing=Pacing(time.clock, time.sleep),
        transport=transport,
        remember=LIFE,
    )
    await stage.outside.close()


def karin(stage: Stage) -> str:
    user = user_by_key(stage.apps.tenant, KARIN)
    assert user is not None
    return str(user["id"])


def trips(stage: Stage) -> int:
    """Count the requests that reached Graph."""
    return sum(request.url.host == "graph.test" for request in stage.transport.sent)


async def test_a_person_is_one_round_trip_and_a_requester_by_address_two(
    stage: Stage, outside: Outside
) -> None:
    graph = outside.reading.graph.live()
    assert (await person_facts(karin(stage), graph, SITE)).known
    assert trips(stage) == 1
    found = await requester_facts(KARIN, "", graph, SITE)
    assert found is not None
    assert (found.upn, trips(stage)) == (KARIN, 3)


async def test_somebody_read_a_moment_ago_costs_nothing_until_time_has_passed(
    stage: Stage, outside: Outside
) -> None:
    graph = outside.reading.graph
    for _ in range(3):
        await person_facts(karin(stage), graph, SITE)
    assert trips(stage) == 1
    stage.time.now += LIFE
    await person_facts(karin(stage), graph, SITE)
    assert trips(stage) == 2


async def test_our_own_write_shows_at_once(stage: Stage, outside: Outside) -> None:
    graph, run = outside.reading.graph, stage.run.run_id
    await person_facts(karin(stage), graph, SITE)
    await outside.writing(run).graph.users.update(karin(stage), {"officeLocation": "Deck 3"})
    assert (await person_facts(karin(stage), graph, SITE)).office == "Deck 3"


async def test_who_acts_looks_anew(stage: Stage, outside: Outside) -> None:
    graph = outside.reading.graph
    await person_facts(karin(stage), graph, SITE)
    stage.apps.tenant.users[karin(stage)]["accountEnabled"] = False
    assert (await person_facts(karin(stage), graph, SITE)).enabled
    assert not (await person_facts(karin(stage), outside.reading.live().graph, SITE)).enabled


async def test_half_of_a_person_is_unknown_and_not_kept(stage: Stage, outside: Outside) -> None:
    graph = outside.reading.graph
    rule = {"app": "graph", "path": "roleAssignments", "effect": "answer", "status": 400}
    arm(stage.apps.faults, [Rule.model_validate(rule)])
    assert await person_facts(karin(stage), graph, SITE) == UNKNOWN
    assert (await person_facts(karin(stage), graph, SITE)).known
