"""Seats that nobody uses are found where none is free, and nobody loses one who must not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.actions.stage import WORLD, Stage, staged
from triage.cli.company import site_of
from triage.domain.request import Parameter, Source
from triage.enrich.licences import license_facts
from triage.sandbox.faults import Rule, arm

SITE = site_of(WORLD).model_copy(update={"license_prices": {"PROJECTPROFESSIONAL": "EUR 28.10 a month"}})
SKUS = {one["skuPartNumber"]: one["skuId"] for one in WORLD["licenses"]}
PROJECT = SKUS["PROJECTPROFESSIONAL"]
HOLDERS = [one["id"] for one in WORLD["users"] if "PROJECTPROFESSIONAL" in one["licenses"]]
GROUP = next(one["id"] for one in WORLD["groups"] if one["displayName"] == "Data Platform")


@pytest.fixture
def stage() -> Stage:
    return staged()


async def facts(stage: Stage, name: str = "PROJECTPROFESSIONAL") -> Any:
    asked = Parameter(value=name, source=Source.TEXT, ids=(SKUS[name],))
    return await license_facts(asked, "", stage.time.now, stage.reading.graph, SITE)


def last_seen(stage: Stage, user_id: str, days: int) -> None:
    user = stage.apps.tenant.users[user_id]
    moment = (stage.time.now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    user["signInActivity"] = {name: moment for name in user["signInActivity"] if name.endswith("DateTime")}


async def test_seats_are_idle_after_sixty_days_or_when_the_account_is_disabled(stage: Stage) -> None:
    last_seen(stage, HOLDERS[0], 61)
    last_seen(stage, HOLDERS[1], 59)
    last_seen(stage, HOLDERS[2], 200)
    stage.apps.tenant.users[HOLDERS[3]]["accountEnabled"] = False
    found = (await facts(stage)).facts
    assert [one.id for one in found.idle] == [HOLDERS[3], HOLDERS[2], HOLDERS[0]]
    assert [one.why for one in found.idle][1:] == ["no sign-in for 200 days", "no sign-in for 61 days"]
    assert found.price == "EUR 28.10 a month"


async def test_nobody_is_named_while_a_seat_is_free(stage: Stage) -> None:
    for user in stage.apps.tenant.users:
        stage.apps.tenant.users[user]["accountEnabled"] = False
    assert (await facts(stage, "POWER_BI_PRO")).facts.idle == ()


async def test_who_the_site_protects_loses_nothing(stage: Stage) -> None:
    stage.apps.tenant.users[HOLDERS[0]]["accountEnabled"] = False
    spared = SITE.model_copy(
        update={"vip": (stage.apps.tenant.users[HOLDERS[0]]["userPrincipalName"].upper(),)}
    )
    asked = Parameter(value="PROJECTPROFESSIONAL", source=Source.TEXT, ids=(PROJECT,))
    found = await license_facts(asked, "", stage.time.now, stage.reading.graph, spared)
    assert found is not None
    assert found.facts.idle == ()


async def test_where_sign_ins_cannot_be_read_nobody_counts_as_idle(stage: Stage) -> None:
    stage.apps.tenant.users[HOLDERS[0]]["accountEnabled"] = False
    rule = {"app": "graph", "method": "GET", "path": "/v1.0/users", "effect": "answer", "status": 403}
    arm(stage.apps.faults, [Rule.model_validate({**rule, "times": None})])
    found = (await facts(stage)).facts
    assert (found.known, found.idle) == (True, ())


async def test_the_one_group_that_gives_it_is_the_way(stage: Stage) -> None:
    stage.apps.tenant.groups[GROUP].properties["assignedLicenses"] = [{"skuId": PROJECT, "disabledPlans": []}]
    found = await facts(stage)
    assert (found.facts.by_group, found.group_id) == (True, GROUP)
