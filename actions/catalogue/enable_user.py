"""Allow the sign-in of a disabled cloud account again.

Waking a sleeping account is what an attacker wants, so it counts as an action on a credential.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import ACCOUNT_OPERATIONS, NO_USER, cloud_account_blockers, read_account, shown
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class EnableUser(Params):
    """Whose sign-in is allowed again."""

    user_id: ObjectId = Field(description="Object id of the account")


async def check(world: World, params: EnableUser) -> tuple[Blocker, ...]:
    """An ordinary account that is mastered in the cloud."""
    account = await read_account(world, params.user_id)
    return cloud_account_blockers(account) if account else (NO_USER,)


async def plan(world: World, params: EnableUser) -> Plan:
    """Nothing for an enabled account, else an allowed sign-in."""
    user = await world.graph.users.get(params.user_id)
    if user.account_enabled:
        return Plan()
    return Plan(changes=(Change(target=shown(user), field="sign-in", before="blocked", after="allowed"),))


async def execute(world: World, params: EnableUser, _run: RunContext) -> None:
    """Allow it."""
    await world.graph.users.set_enabled(params.user_id, enabled=True)


async def undo(world: World, params: EnableUser, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Block it again."""
    if changes:
        await world.graph.users.set_enabled(params.user_id, enabled=False)


ACTION = Action(
    name="enable_user",
    title="Allow sign-in again (cloud account)",
    impact="The person can sign in again with the password and factors the account had.",
    tier=Tier.CREDENTIAL,
    route=Route.CLOUD,
    permissions=least(*ACCOUNT_OPERATIONS, "users.set_enabled"),
    params=EnableUser,
    locks=lambda params: (f"person:{params.user_id}",),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(EnableUser(user_id="367831e9-5b17-5d35-89e6-909822f68d65"),),
)
