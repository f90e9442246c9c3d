"""Unlock an Active Directory account that locked itself after wrong passwords.

Entra does not show whether the account is locked: the runbook looks, and leaves one that is not as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import ACCOUNT_OPERATIONS, read_account
from actions.onprem import RunbookJob, account_blockers, directory_target, sam_account_name
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class UnlockAdAccount(Params):
    """Whose account is unlocked."""

    user_id: ObjectId = Field(description="Object id of the account in Entra")


async def check(world: World, params: UnlockAdAccount) -> tuple[Blocker, ...]:
    """An ordinary, enabled account that is synced from Active Directory."""
    return account_blockers(await read_account(world, params.user_id))


async def plan(world: World, params: UnlockAdAccount) -> Plan:
    """An unlocked account; whether it is locked only the runbook can see."""
    user = await world.graph.users.get(params.user_id)
    target = directory_target(user)
    return Plan(changes=(Change(target=target, field="lock", after="unlocked"),))


async def tell(world: World, params: UnlockAdAccount, _run: RunContext) -> Mapping[str, str]:
    """Which account."""
    return {"SamAccountName": await sam_account_name(world, params.user_id)}


_JOB = RunbookJob("Unlock-AdAccount", tell)

ACTION = Action(
    name="unlock_ad_account",
    title="Unlock an account (Active Directory)",
    impact="The person can sign in again with the password they know; nothing else changes.",
    tier=Tier.DISRUPTIVE,
    route=Route.ONPREM,
    permissions=least(*ACCOUNT_OPERATIONS),
    runbook=_JOB.runbook,
    params=UnlockAdAccount,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=timedelta(minutes=30),
    repeatable=False,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo_reason="Active Directory locks accounts itself; nobody can lock one on purpose.",
    examples=(UnlockAdAccount(user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d"),),
)
