"""Shut a misused cloud account at once: block the sign-in, then end every session there is.

In this order nobody who is thrown out comes back in. Password, second factor and inbox rules are for the
security team to look at before the account is opened again; undoing opens it, ended sessions stay ended.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, Seen, Verification, World
from actions.guards import (
    ACCOUNT_GONE,
    ACCOUNT_OPERATIONS,
    NO_USER,
    SESSIONS_STAND,
    cloud_account_blockers,
    find_user,
    read_account,
    shown,
)
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier

_SIGN_IN = "sign-in"


class ContainAccount(Params):
    """Which account is shut."""

    user_id: ObjectId = Field(description="Object id of the account")


async def check(world: World, params: ContainAccount) -> tuple[Blocker, ...]:
    """An ordinary account that is mastered in the cloud; others are shut where they live, by people."""
    account = await read_account(world, params.user_id)
    return cloud_account_blockers(account) if account else (NO_USER,)


async def plan(world: World, params: ContainAccount) -> Plan:
    """A blocked sign-in, where it is not blocked yet, and no open session."""
    user = await world.graph.users.get(params.user_id)
    blocked = Change(target=shown(user), field=_SIGN_IN, before="allowed", after="blocked")
    sessions = Change(target=shown(user), field="sessions", after="signed out everywhere")
    return Plan(changes=(blocked, sessions) if user.account_enabled else (sessions,))


async def execute(world: World, params: ContainAccount, _run: RunContext) -> None:
    """Block, then sign out."""
    await world.graph.users.set_enabled(params.user_id, enabled=False)
    await world.graph.users.revoke_sessions(params.user_id)


async def verify(world: World, params: ContainAccount, run: RunContext) -> Verification:
    """The sign-in is blocked, and sessions from before the run are void."""
    user = await find_user(world, params.user_id)
    if user is None:
        return ACCOUNT_GONE
    if user.account_enabled is not False:
        return Verification(Seen.ABSENT, "The sign-in is still allowed.")
    if not run.accounts_for(user.sign_in_sessions_valid_from_date_time):
        return SESSIONS_STAND
    return Verification(Seen.DONE, "The sign-in is blocked, and the sessions were revoked.")


async def undo(world: World, params: ContainAccount, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Allow the sign-in again, if it was we who blocked it."""
    if any(change.field == _SIGN_IN for change in changes):
        await world.graph.users.set_enabled(params.user_id, enabled=True)


ACTION = Action(
    name="contain_account",
    title="Contain a compromised account (cloud account)",
    impact="Nobody can sign in as this person until the account is opened again; open work is cut off.",
    tier=Tier.DISRUPTIVE,
    route=Route.CLOUD,
    permissions=least(*ACCOUNT_OPERATIONS, "users.set_enabled", "users.revoke_sessions"),
    params=ContainAccount,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=timedelta(minutes=5),
    repeatable=False,
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo=undo,
    examples=(ContainAccount(user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"),),
)
