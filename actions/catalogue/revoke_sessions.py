"""Sign a person out everywhere, for instance after a device was lost or an account was misused.

Refresh tokens and cookies become worthless within minutes; access tokens already out live on for up to an
hour where continuous access evaluation is not in use.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, Seen, Verification, World
from actions.guards import ACCOUNT_GONE, NO_USER, SESSIONS_STAND, find_user, shown
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class RevokeSessions(Params):
    """Who is signed out."""

    user_id: ObjectId = Field(description="Object id of the person")


async def check(world: World, params: RevokeSessions) -> tuple[Blocker, ...]:
    """An account of this tenant: a guest's sessions belong to the guest's own organisation."""
    user = await find_user(world, params.user_id)
    if user is None:
        return (NO_USER,)
    if user.guest:
        sentence = f"{shown(user)} is a guest and signs in elsewhere; remove the guest's access instead."
        return (Blocker("guest", sentence),)
    return ()


async def plan(world: World, params: RevokeSessions) -> Plan:
    """No open session."""
    user = await world.graph.users.get(params.user_id)
    return Plan(changes=(Change(target=shown(user), field="sessions", after="signed out everywhere"),))


async def execute(world: World, params: RevokeSessions, _run: RunContext) -> None:
    """Revoke them."""
    await world.graph.users.revoke_sessions(params.user_id)


async def verify(world: World, params: RevokeSessions, run: RunContext) -> Verification:
    """Entra's time before which sessions are void moved since the run began; it counts in seconds."""
    user = await find_user(world, params.user_id)
    if user is None:
        return ACCOUNT_GONE
    if not run.accounts_for(user.sign_in_sessions_valid_from_date_time):
        return SESSIONS_STAND
    return Verification(Seen.DONE, "The sessions were revoked.")


ACTION = Action(
    name="revoke_sessions",
    title="Sign a person out everywhere",
    impact="The person must sign in again on every device; work that is not saved in a browser may be lost.",
    tier=Tier.DISRUPTIVE,
    route=Route.CLOUD,
    permissions=least("users.get", "users.revoke_sessions"),
    params=RevokeSessions,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=timedelta(minutes=5),
    repeatable=False,
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo_reason="A session that was ended cannot be given back; the person signs in again.",
    examples=(RevokeSessions(user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"),),
)
