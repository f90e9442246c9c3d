"""Block the sign-in of a cloud account, for instance of somebody who left.

Synced accounts are disabled in Active Directory; privileged ones by an administrator in person.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import ACCOUNT_OPERATIONS, NO_USER, cloud_account_blockers, read_account, shown
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class DisableUser(Params):
    """Whose sign-in is blocked."""

    user_id: ObjectId = Field(description="Object id of the account")


async def check(world: World, params: DisableUser) -> tuple[Blocker, ...]:
    """An ordinary account that is mastered in the cloud."""
    account = await read_account(world, params.user_id)
    return cloud_account_blockers(account) if account else (NO_USER,)


async def plan(world: World, params: DisableUser) -> Plan:
    """Nothing for a disabled account, else a blocked sign-in."""
    user = await world.graph.users.get(params.user_id)
    if not user.account_enabled:
        return Plan()
    return Plan(changes=(Change(target=shown(user), field="sign-in", before="allowed", after="blocked"),))


async def execute(world: World, params: DisableUser, _run: RunContext) -> None:
    """Block it."""
    await world.graph.users.set_enabled(params.user_id, enabled=False)


async def undo(world: World, params: DisableUser, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Allow it again."""
    if changes:
        await world.graph.users.set_enabled(params.user_id, enabled=True)


ACTION = Action(
    name="disable_user",
    title="Block sign-in (cloud account)",
    impact="The person can no longer sign in anywhere; mailbox, files and licences stay.",
    tier=Tier.DISRUPTIVE,
    route=Route.CLOUD,
    permissions=least(*ACCOUNT_OPERATIONS, "users.set_enabled"),
    params=DisableUser,
    locks=lambda params: (f"person:{params.user_id}",),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(DisableUser(user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"),),
)
