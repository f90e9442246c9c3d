"""Give a cloud account a temporary password and sign it out everywhere.

For accounts that live in Entra only; a synced account goes through `reset_ad_password`. The workflow makes
the password, seals it before the call and hands it in: here it is neither made, kept nor shown.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.cloud_passwords import SETTING, set_password, verify_set
from actions.contract import Action, Blocker, RunContext, Verification, World
from actions.guards import ACCOUNT_OPERATIONS, NO_USER, cloud_account_blockers, read_account, shown
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, SecretKind, Tier


class ResetPassword(Params):
    """Whose password is reset."""

    user_id: ObjectId = Field(description="Object id of the account")


async def check(world: World, params: ResetPassword) -> tuple[Blocker, ...]:
    """An ordinary member's account that is mastered in the cloud."""
    account = await read_account(world, params.user_id)
    return cloud_account_blockers(account) if account else (NO_USER,)


async def plan(world: World, params: ResetPassword) -> Plan:
    """A new password and no open session; never what the password is."""
    user = await world.graph.users.get(params.user_id)
    who = shown(user)
    return Plan(
        changes=(
            Change(target=who, field="password", after="temporary, to be changed at the next sign-in"),
            Change(target=who, field="sessions", after="signed out everywhere"),
        )
    )


async def execute(world: World, params: ResetPassword, run: RunContext) -> None:
    """Set the password of the run, then revoke the sessions begun with the old one."""
    await set_password(world, params.user_id, run)


async def verify(world: World, params: ResetPassword, run: RunContext) -> Verification:
    """Both times moved since the run began."""
    return await verify_set(world, params.user_id, run)


ACTION = Action(
    name="reset_password",
    title="Reset a password (cloud account)",
    impact="The old password stops working at once; the person is signed out on all devices and must choose a"
    " new password at the next sign-in.",
    tier=Tier.CREDENTIAL,
    route=Route.CLOUD,
    permissions=least(*ACCOUNT_OPERATIONS, *SETTING),
    params=ResetPassword,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=timedelta(minutes=1),
    repeatable=False,
    secret=SecretKind.GIVEN,
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo_reason="Nobody knows the old password; it can only be reset once more.",
    examples=(ResetPassword(user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"),),
)
