"""A licence comes by its group where one gives it, beside no plan it excludes, and with a usage location."""

from __future__ import annotations

from typing import Any

import pytest

from actions.catalogue.assign_license import ACTION as ASSIGN
from actions.catalogue.assign_license import AssignLicense
from actions.catalogue.reassign_license import ACTION as REASSIGN
from actions.catalogue.reassign_license import ReassignLicense
from actions.contract import Action, Seen, read_back
from tests.actions.stage import WORLD, Stage

SKUS = {one["skuPartNumber"]: one["skuId"] for one in WORLD["licenses"]}
VISIO, PROJECT, E3 = SKUS["VISIO_PLAN1_DEPT"], SKUS["PROJECTPROFESSIONAL"], SKUS["SPE_E3"]
SALES = next(one["id"] for one in WORLD["groups"] if one["displayName"] == "Data Platform")
ADMIN = next(one["id"] for one in WORLD["users"] if one["roles"])


def somebody(stage: Stage, **facts: Any) -> dict[str, Any]:
    """Return an ordinary person with an office like their manager's."""
    tenant = stage.apps.tenant
    for user in tenant.users.values():
        chief = tenant.users.get(tenant.managers.get(user["id"], ""))
        near = chief is not None and chief["officeLocation"] == user["officeLocation"]
        if near and user["id"] != ADMIN and all(user[name] == value for name, value in facts.items()):
            return user
    raise AssertionError("nobody is like that")


async def said(action: Action[Any], params: Any, stage: Stage) -> dict[str, str]:
    return {one.code: one.sentence for one in await action.check(stage.reading, params)}


async def test_a_missing_usage_location_is_that_of_the_manager_in_the_same_office(stage: Stage) -> None:
    user = somebody(stage)
    place, user["usageLocation"] = user["usageLocation"], None
    params = AssignLicense(user_id=user["id"], sku_id=VISIO)
    assert await said(ASSIGN, params, stage) == {}
    plan = await ASSIGN.plan(stage.reading, params)
    assert [change.after for change in plan.changes] == [place, "assigned"]

    await ASSIGN.execute(stage.writing, params, stage.run)
    assert user["usageLocation"] == place
    assert (await read_back(ASSIGN, stage.reading, params, stage.run)).seen is Seen.DONE

    await ASSIGN.undo(stage.writing, params, plan.changes, stage.run)  # type: ignore[misc]
    assert user["usageLocation"] is None


async def test_no_usage_location_is_guessed_from_a_manager_elsewhere(stage: Stage) -> None:
    user = somebody(stage)
    user |= {"usageLocation": None, "officeLocation": "Reykjavik"}
    assert set(await said(ASSIGN, AssignLicense(user_id=user["id"], sku_id=VISIO), stage)) == {
        "no_usage_location"
    }


async def test_a_service_plan_that_excludes_another_is_named(stage: Stage) -> None:
    kiosk = next(one["id"] for one in WORLD["users"] if one["licenses"] == ["SPE_F1"])
    told = await said(ASSIGN, AssignLicense(user_id=kiosk, sku_id=E3), stage)
    assert set(told) == {"plan_conflict"}
    assert (
        "Exchange Online (Plan 2)" in told["plan_conflict"] or "SharePoint (Plan 2)" in told["plan_conflict"]
    )
    assert "SPE_F1" in told["plan_conflict"]


async def test_the_same_plan_in_two_licences_is_no_conflict(stage: Stage) -> None:
    office = next(one["id"] for one in WORLD["users"] if one["licenses"] == ["SPE_E3"])
    assert await said(ASSIGN, AssignLicense(user_id=office, sku_id=SKUS["SPE_E5"]), stage) == {}


async def test_a_licence_that_a_group_gives_is_not_assigned_beside_it(stage: Stage) -> None:
    stage.apps.tenant.groups[SALES].properties["assignedLicenses"] = [{"skuId": VISIO, "disabledPlans": []}]
    told = await said(ASSIGN, AssignLicense(user_id=somebody(stage)["id"], sku_id=VISIO), stage)
    assert set(told) == {"license_by_group"}
    assert "Data Platform" in told["license_by_group"]


@pytest.mark.parametrize("code", ["seat_free", "seat_gone", "privileged_holder", "holder_by_group"])
async def test_a_seat_is_not_moved_for(code: str, stage: Stage) -> None:
    tenant = stage.apps.tenant
    example = REASSIGN.examples[0]
    holder = tenant.users[example.from_user_id]
    if code == "seat_free":
        tenant.skus[PROJECT].enabled += 1
    elif code == "seat_gone":
        holder["assignedLicenses"] = []
        tenant.skus[PROJECT].elsewhere += 1
    elif code == "holder_by_group":
        for state in holder["licenseAssignmentStates"]:
            state["assignedByGroup"] = SALES
    else:
        holder = tenant.users[ADMIN]
        holder["assignedLicenses"].append({"skuId": PROJECT, "disabledPlans": []})
    params = ReassignLicense(user_id=example.user_id, sku_id=PROJECT, from_user_id=holder["id"])
    assert set(await said(REASSIGN, params, stage)) == {code}
