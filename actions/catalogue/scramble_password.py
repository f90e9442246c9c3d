"""Give a misused cloud account a password that nobody knows, so that the stolen one opens nothing.

The workflow makes it, hands it in and destroys it. When the account is safe again, its owner gets a way in by
a reset or an access pass.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.cloud_passwords import SETTING, set_password, verify_set
from actions.contract import Action, Blocker, RunContext, Verification, World
from actions.guards import ACCOUNT_OPERATIONS, NO_USER, cloud_account_blockers, read_account, shown
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, SecretKind, Tier


class ScramblePassword(Params):
    """Whose password is made worthless."""

    user_id: ObjectId = Field(description="Object id of the account")


async def check(world: World, params: ScramblePassword) -> tuple[Blocker, ...]:
    """An ordinary member's account that is mastered in the cloud."""
    account = await read_account(world, params.user_id)
    return cloud_account_blockers(account) if account else (NO_USER,)


async def plan(world: World, params: ScramblePassword) -> Plan:
    """A new password, seen by nobody."""
    user = await world.graph.users.get(params.user_id)
    return Plan(changes=(Change(target=shown(user), field="password", after="random, seen by nobody"),))


async def execute(world: World, params: ScramblePassword, run: RunContext) -> None:
    """Set the password of the run."""
    await set_password(world, params.user_id, run)


async def verify(world: World, params: ScramblePassword, run: RunContext) -> Verification:
    """The password changed since the run began."""
    return await verify_set(world, params.user_id, run)


ACTION = Action(
    name="scramble_password",
    title="Make a stolen password worthless (cloud account)",
    impact="The old password opens nothing any more; the owner needs a new way in when it is over.",
    tier=Tier.DISRUPTIVE,
    route=Route.CLOUD,
    permissions=least(*ACCOUNT_OPERATIONS, *SETTING),
    params=ScramblePassword,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=timedelta(minutes=1),
    repeatable=False,
    secret=SecretKind.UNSEEN,
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo_reason="Nobody knows the old password, and it is not to open anything again.",
    examples=(ScramblePassword(user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"),),
)
