"""Disable an account where it is mastered, in Active Directory, for instance of somebody who left.

Sign-in in the office ends at once, in the cloud with the next synchronisation; `revoke_sessions` ends what is
open there. Privileged accounts are disabled by an administrator in person.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from actions.clients.call import Json
from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import ACCOUNT_OPERATIONS, NO_USER, credential_blockers, read_account
from actions.onprem import SETTLE, RunbookJob, directory_blockers, directory_target, sam_account_name
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class DisableAdUser(Params):
    """Whose account is disabled."""

    user_id: ObjectId = Field(description="Object id of the account in Entra")


async def check(world: World, params: DisableAdUser) -> tuple[Blocker, ...]:
    """An ordinary account that is synced from Active Directory."""
    account = await read_account(world, params.user_id)
    if account is None:
        return (NO_USER,)
    return (*credential_blockers(account), *directory_blockers(account.user))


async def plan(world: World, params: DisableAdUser) -> Plan:
    """Nothing for an account that Entra shows as disabled, else a blocked sign-in."""
    user = await world.graph.users.get(params.user_id)
    if not user.account_enabled:
        return Plan()
    target = directory_target(user)
    return Plan(changes=(Change(target=target, field="sign-in", before="allowed", after="blocked"),))


async def tell(world: World, params: DisableAdUser, _run: RunContext) -> Mapping[str, str]:
    """Which account becomes disabled."""
    return {"SamAccountName": await sam_account_name(world, params.user_id), "State": "disabled"}


def back(told: Mapping[str, str], _before: Json) -> Mapping[str, str]:
    """Enabled again."""
    return {**told, "State": "enabled"}


_JOB = RunbookJob("Set-AdAccountState", tell, back)

ACTION = Action(
    name="disable_ad_user",
    title="Block sign-in (Active Directory account)",
    impact="The person can no longer sign in, in the office at once, in the cloud within half an hour;"
    " mailbox, files and licences stay.",
    tier=Tier.DISRUPTIVE,
    route=Route.ONPREM,
    permissions=least(*ACCOUNT_OPERATIONS),
    runbook=_JOB.runbook,
    params=DisableAdUser,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=SETTLE,
    repeatable=False,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo=_JOB.undo,
    undone=_JOB.undone,
    examples=(DisableAdUser(user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d"),),
)
