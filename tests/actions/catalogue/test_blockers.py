"""What each action refuses, in the make-believe company with all its oddities."""

from __future__ import annotations

from typing import Any

import pytest

from actions.catalogue.add_group_member import ACTION as ADD_GROUP_MEMBER
from actions.catalogue.add_group_member import AddGroupMember
from actions.catalogue.assign_license import ACTION as ASSIGN_LICENSE
from actions.catalogue.assign_license import AssignLicense
from actions.catalogue.reset_ad_password import ACTION as RESET_AD_PASSWORD
from actions.catalogue.reset_ad_password import ResetAdPassword
from actions.catalogue.reset_password import ACTION as RESET_PASSWORD
from actions.catalogue.reset_password import ResetPassword
from actions.catalogue.restart_service import RestartService
from actions.catalogue.unlock_ad_account import ACTION as UNLOCK_AD_ACCOUNT
from actions.catalogue.unlock_ad_account import UnlockAdAccount
from actions.contract import Action
from actions.errors import Forbidden, OutsideError
from tests.actions.stage import WORLD, Stage
from triage.sandbox.faults import Rule, arm

USERS, GROUPS = WORLD["users"], WORLD["groups"]
FREYA = "e8ff2d8e-736a-553f-9edf-2e19270add77"
DORA = "02bb35af-c5cb-5aa2-bd70-7e325b92989d"
VPN = "971ecb87-2c96-5d34-9f5c-16e4cc7f1ac8"
NOBODY = "00000000-0000-4000-8000-000000000000"
ADMIN = next(one["id"] for one in USERS if one["roles"])
ELIGIBLE = next(one["id"] for one in USERS if one["eligibleRoles"])
GUEST = next(one["id"] for one in USERS if one["userType"] == "Guest")
TIER0 = next(one["id"] for one in GROUPS if one["isAssignableToRole"])
SKUS = {one["skuPartNumber"]: one["skuId"] for one in WORLD["licenses"]}


def group(**facts: Any) -> str:
    return str(next(one["id"] for one in GROUPS if all(one[k] == v for k, v in facts.items())))


async def codes(action: Action[Any], params: Any, stage: Stage) -> set[str]:
    found = await action.check(stage.reading, params)
    assert all(blocker.sentence.endswith(".") for blocker in found)
    return {blocker.code for blocker in found}


@pytest.mark.parametrize(
    ("user_id", "code"),
    [
        (DORA, "synced"),
        (ADMIN, "privileged_target"),
        (ELIGIBLE, "privileged_target"),
        (GUEST, "guest"),
        (NOBODY, "user_not_found"),
    ],
)
async def test_a_cloud_password_is_not_reset_for(user_id: str, code: str, stage: Stage) -> None:
    assert code in await codes(RESET_PASSWORD, ResetPassword(user_id=user_id), stage)


async def test_a_member_of_a_role_assignable_group_counts_as_privileged(stage: Stage) -> None:
    stage.apps.tenant.groups[TIER0].members.append(FREYA)
    assert await codes(RESET_PASSWORD, ResetPassword(user_id=FREYA), stage) == {"privileged_target"}


async def test_a_restricted_account_is_left_to_its_administrators(stage: Stage) -> None:
    stage.apps.tenant.users[FREYA]["isManagementRestricted"] = True
    assert await codes(RESET_PASSWORD, ResetPassword(user_id=FREYA), stage) == {"management_restricted"}


@pytest.mark.parametrize(
    "hidden", ["RoleManagement.Read.Directory", "RoleEligibilitySchedule.Read.Directory"]
)
async def test_what_cannot_be_seen_counts_as_privileged(hidden: str, stage: Stage) -> None:
    stage.grant(RESET_PASSWORD.permissions - {hidden})
    with pytest.raises(Forbidden):
        await codes(RESET_PASSWORD, ResetPassword(user_id=FREYA), stage)


@pytest.mark.parametrize("path", ["roleAssignments", "transitiveMemberOf", "roleEligibility"])
async def test_a_look_up_that_fails_lets_nothing_through(path: str, stage: Stage) -> None:
    arm(stage.apps.faults, [Rule(app="graph", effect="answer", path=path, times=None)])
    with pytest.raises(OutsideError):
        await codes(RESET_PASSWORD, ResetPassword(user_id=FREYA), stage)


@pytest.mark.parametrize(
    ("user_id", "code"),
    [(FREYA, "not_synced"), (ADMIN, "privileged_target"), (NOBODY, "user_not_found")],
)
async def test_an_active_directory_account_is_not_touched_for(user_id: str, code: str, stage: Stage) -> None:
    assert code in await codes(RESET_AD_PASSWORD, ResetAdPassword(user_id=user_id), stage)
    assert code in await codes(UNLOCK_AD_ACCOUNT, UnlockAdAccount(user_id=user_id), stage)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("accountEnabled", False, "account_disabled"),
        ("onPremisesSamAccountName", None, "no_sam_account_name"),
    ],
)
async def test_an_active_directory_account_must_be_usable(
    field: str, value: object, code: str, stage: Stage
) -> None:
    stage.apps.tenant.users[DORA][field] = value
    assert await codes(UNLOCK_AD_ACCOUNT, UnlockAdAccount(user_id=DORA), stage) == {code}


@pytest.mark.parametrize("part_number", ["PROJECTPROFESSIONAL", "Microsoft_365_Copilot"])
async def test_a_licence_without_a_free_seat_is_not_assigned(part_number: str, stage: Stage) -> None:
    params = AssignLicense(user_id=FREYA, sku_id=SKUS[part_number])
    assert await codes(ASSIGN_LICENSE, params, stage) == {"no_free_seat"}


async def test_who_holds_a_full_licence_already_is_not_blocked_but_done(stage: Stage) -> None:
    params = AssignLicense(user_id=DORA, sku_id=SKUS["Microsoft_365_Copilot"])
    assert await codes(ASSIGN_LICENSE, params, stage) == set()
    assert (await ASSIGN_LICENSE.plan(stage.reading, params)).empty


async def test_a_licence_needs_a_usage_location(stage: Stage) -> None:
    stage.apps.tenant.users[FREYA]["usageLocation"] = None
    params = AssignLicense(user_id=FREYA, sku_id=SKUS["POWER_BI_PRO"])
    assert await codes(ASSIGN_LICENSE, params, stage) == {"no_usage_location"}


async def test_a_licence_must_have_been_bought_and_a_person_must_exist(stage: Stage) -> None:
    assert await codes(ASSIGN_LICENSE, AssignLicense(user_id=FREYA, sku_id=NOBODY), stage) == {
        "unknown_license"
    }
    assert await codes(ASSIGN_LICENSE, AssignLicense(user_id=NOBODY, sku_id=SKUS["SPE_E5"]), stage) == {
        "user_not_found"
    }


async def test_switched_off_plans_stay_off_when_a_licence_is_held_already(stage: Stage) -> None:
    held = stage.apps.tenant.users[FREYA]["assignedLicenses"][0]
    held["disabledPlans"] = ["plan"]
    params = AssignLicense(user_id=FREYA, sku_id=held["skuId"])
    await ASSIGN_LICENSE.execute(stage.writing, params, stage.run)
    assert stage.apps.tenant.users[FREYA]["assignedLicenses"][0]["disabledPlans"] == ["plan"]


@pytest.mark.parametrize(
    ("group_id", "code"),
    [
        (group(isAssignableToRole=True), "role_assignable"),
        (group(dynamicMembership=True), "dynamic_group"),
        (group(onPremisesSyncEnabled=True), "synced_group"),
        (group(kind="distribution"), "mail_enabled_group"),
        (NOBODY, "group_not_found"),
    ],
)
async def test_a_group_that_is_not_ours_to_change_is_refused(group_id: str, code: str, stage: Stage) -> None:
    assert code in await codes(ADD_GROUP_MEMBER, AddGroupMember(group_id=group_id, user_id=FREYA), stage)


async def test_nobody_cannot_be_added(stage: Stage) -> None:
    params = AddGroupMember(group_id=VPN, user_id=NOBODY)
    assert await codes(ADD_GROUP_MEMBER, params, stage) == {"user_not_found"}


@pytest.mark.parametrize("value", ["", "not-a-guid", f"{FREYA}/x", f"{FREYA}\n"])
def test_an_id_is_a_guid(value: str) -> None:
    with pytest.raises(ValueError, match="user_id"):
        ResetPassword(user_id=value)


@pytest.mark.parametrize("service", ["", "Spooler; rm", "Spooler\n", "a`b", "$(x)"])
def test_a_service_name_is_a_name(service: str) -> None:
    with pytest.raises(ValueError, match="service"):
        RestartService(server="HL-PRN-01", service=service, worker_group="hamburg")
