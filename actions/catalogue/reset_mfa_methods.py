"""Remove every sign-in method of a person but the password, and sign the person out everywhere.

At the next sign-in a new second factor has to be registered. Whoever signs in first then owns the account, so
two people decide, after the person was recognised; it never runs by itself (policy mfa_reset.always_people).
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from actions.clients.graph.factors import REMOVALS
from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, Seen, Verification, World
from actions.guards import (
    ACCOUNT_GONE,
    ACCOUNT_OPERATIONS,
    NO_USER,
    SESSIONS_STAND,
    credential_blockers,
    find_user,
    read_account,
    shown,
)
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class ResetMfaMethods(Params):
    """Whose second factor has to be registered anew."""

    user_id: ObjectId = Field(description="Object id of the person")


async def check(world: World, params: ResetMfaMethods) -> tuple[Blocker, ...]:
    """An ordinary member, and no method that would stay behind."""
    account = await read_account(world, params.user_id)
    if account is None:
        return (NO_USER,)
    found = list(credential_blockers(account))
    left = [one.told for one in await world.graph.factors.of_user(params.user_id) if one.kind is None]
    if left:
        sentence = f"{shown(account.user)} has a method that we cannot remove ({', '.join(sorted(left))})."
        found.append(Blocker("unknown_method", sentence))
    return tuple(found)


async def plan(world: World, params: ResetMfaMethods) -> Plan:
    """Each method gone and no open session; nothing for who has none but the password."""
    user = await world.graph.users.get(params.user_id)
    names = sorted(one.told for one in await world.graph.factors.of_user(params.user_id))
    if not names:
        return Plan()
    gone = (Change(target=shown(user), field=name, before="registered", after="removed") for name in names)
    sessions = Change(target=shown(user), field="sessions", after="signed out everywhere")
    return Plan(changes=(*gone, sessions))


async def execute(world: World, params: ResetMfaMethods, _run: RunContext) -> None:
    """Remove the methods, then end the sessions: nobody who is signed in can register a new one."""
    factors = await world.graph.factors.of_user(params.user_id)
    await world.graph.factors.remove(params.user_id, factors)
    await world.graph.users.revoke_sessions(params.user_id)


async def verify(world: World, params: ResetMfaMethods, run: RunContext) -> Verification:
    """No method is left but the password, and sessions from before the run are void."""
    user = await find_user(world, params.user_id)
    if user is None:
        return ACCOUNT_GONE
    left = await world.graph.factors.of_user(params.user_id)
    if left:
        return Verification(Seen.ABSENT, f"Still registered: {', '.join(sorted(one.told for one in left))}.")
    if not run.accounts_for(user.sign_in_sessions_valid_from_date_time):
        return SESSIONS_STAND
    return Verification(Seen.DONE, "No second factor is registered, and the sessions were revoked.")


ACTION = Action(
    name="reset_mfa_methods",
    title="Reset the second factor",
    impact="The person is signed out everywhere and has to register a second factor at the next sign-in.",
    tier=Tier.CREDENTIAL,
    route=Route.CLOUD,
    permissions=least(*ACCOUNT_OPERATIONS, "factors.of_user", *REMOVALS, "users.revoke_sessions"),
    params=ResetMfaMethods,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=timedelta(minutes=5),
    repeatable=False,
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo_reason="A method lives on the person's own device; only the person can register it again.",
    examples=(ResetMfaMethods(user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"),),
)
