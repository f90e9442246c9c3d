"""What the actions on memberships, licences, sign-in and profiles refuse."""

from __future__ import annotations

from typing import Any

import pytest

from actions.catalogue.disable_user import ACTION as DISABLE_USER
from actions.catalogue.disable_user import DisableUser
from actions.catalogue.enable_user import ACTION as ENABLE_USER
from actions.catalogue.enable_user import EnableUser
from actions.catalogue.remove_group_member import ACTION as REMOVE_GROUP_MEMBER
from actions.catalogue.remove_group_member import RemoveGroupMember
from actions.catalogue.remove_license import ACTION as REMOVE_LICENSE
from actions.catalogue.remove_license import RemoveLicense
from actions.catalogue.revoke_sessions import ACTION as REVOKE_SESSIONS
from actions.catalogue.revoke_sessions import RevokeSessions
from actions.catalogue.update_profile import ACTION as UPDATE_PROFILE
from actions.catalogue.update_profile import UpdateProfile
from actions.contract import Action
from actions.profile import Property
from tests.actions.catalogue.test_blockers import ADMIN, DORA, FREYA, GUEST, NOBODY, SKUS, VPN, codes, group
from tests.actions.stage import Stage


@pytest.mark.parametrize(
    ("user_id", "code"),
    [(DORA, "synced"), (ADMIN, "privileged_target"), (GUEST, "guest"), (NOBODY, "user_not_found")],
)
async def test_sign_in_is_neither_blocked_nor_allowed_for(user_id: str, code: str, stage: Stage) -> None:
    assert code in await codes(DISABLE_USER, DisableUser(user_id=user_id), stage)
    assert code in await codes(ENABLE_USER, EnableUser(user_id=user_id), stage)


@pytest.mark.parametrize(("user_id", "code"), [(GUEST, "guest"), (NOBODY, "user_not_found")])
async def test_sessions_are_not_revoked_for(user_id: str, code: str, stage: Stage) -> None:
    assert await codes(REVOKE_SESSIONS, RevokeSessions(user_id=user_id), stage) == {code}


async def test_the_last_member_stays(stage: Stage) -> None:
    stage.apps.tenant.groups[VPN].members[:] = [FREYA]
    params = RemoveGroupMember(group_id=VPN, user_id=FREYA)
    assert await codes(REMOVE_GROUP_MEMBER, params, stage) == {"last_member"}


@pytest.mark.parametrize(
    ("group_id", "user_id", "wanted"),
    [
        (NOBODY, FREYA, {"group_not_found"}),
        (NOBODY, NOBODY, {"user_not_found", "group_not_found"}),
        (VPN, NOBODY, {"user_not_found"}),
        (group(dynamicMembership=True), FREYA, {"dynamic_group"}),
    ],
)
async def test_nobody_is_taken_out_of_a_group_that_is_not_ours(
    group_id: str, user_id: str, wanted: set[str], stage: Stage
) -> None:
    params = RemoveGroupMember(group_id=group_id, user_id=user_id)
    assert await codes(REMOVE_GROUP_MEMBER, params, stage) == wanted


async def test_a_licence_through_a_group_is_not_taken(stage: Stage) -> None:
    stage.apps.tenant.users[DORA]["licenseAssignmentStates"][0]["assignedByGroup"] = VPN
    sku_id = stage.apps.tenant.users[DORA]["licenseAssignmentStates"][0]["skuId"]
    assert await codes(REMOVE_LICENSE, RemoveLicense(user_id=DORA, sku_id=sku_id), stage) == {
        "license_by_group"
    }
    params = RemoveLicense(user_id=NOBODY, sku_id=SKUS["SPE_E3"])
    assert await codes(REMOVE_LICENSE, params, stage) == {"user_not_found"}


async def test_switched_off_plans_come_back_switched_off(stage: Stage) -> None:
    user = stage.apps.tenant.users[DORA]
    held = next(one for one in user["assignedLicenses"] if one["skuId"] == SKUS["POWER_BI_PRO"])
    held["disabledPlans"] = ["plan-b", "plan-a"]
    params = RemoveLicense(user_id=DORA, sku_id=SKUS["POWER_BI_PRO"])
    plan = await REMOVE_LICENSE.plan(stage.reading, params)
    await REMOVE_LICENSE.execute(stage.writing, params, stage.run)
    assert REMOVE_LICENSE.undo is not None
    await REMOVE_LICENSE.undo(stage.writing, params, plan.changes, stage.run)
    restored = next(one for one in user["assignedLicenses"] if one["skuId"] == SKUS["POWER_BI_PRO"])
    assert sorted(restored["disabledPlans"]) == ["plan-a", "plan-b"]


@pytest.mark.parametrize(("user_id", "code"), [(DORA, "synced"), (NOBODY, "user_not_found")])
async def test_a_profile_is_not_changed_for(user_id: str, code: str, stage: Stage) -> None:
    params = UpdateProfile(user_id=user_id, attribute=Property.OFFICE, value="Lisbon")
    assert await codes(UPDATE_PROFILE, params, stage) == {code}


@pytest.mark.parametrize("value", ["", " x", "a\nb", "a\x00", "x" * 65])
def test_a_profile_value_is_one_short_line(value: str) -> None:
    with pytest.raises(ValueError, match="value"):
        UpdateProfile(user_id=FREYA, attribute=Property.OFFICE, value=value)


@pytest.mark.parametrize("attribute", ["accountEnabled", "userPrincipalName", "passwordProfile", "mail"])
def test_only_harmless_properties_are_on_offer(attribute: str) -> None:
    with pytest.raises(ValueError, match="attribute"):
        UpdateProfile.model_validate({"user_id": FREYA, "attribute": attribute, "value": "x"})


@pytest.mark.parametrize(
    ("action", "params"),
    [
        (REMOVE_GROUP_MEMBER, RemoveGroupMember(group_id=VPN, user_id=FREYA)),
        (REMOVE_LICENSE, RemoveLicense(user_id=FREYA, sku_id=SKUS["POWER_BI_PRO"])),
        (ENABLE_USER, EnableUser(user_id=FREYA)),
    ],
)
async def test_what_is_already_so_needs_no_change(action: Action[Any], params: Any, stage: Stage) -> None:
    assert (await action.plan(stage.reading, params)).empty
    before = stage.directory()
    await action.execute(stage.writing, params, stage.run)
    assert stage.directory() == before
