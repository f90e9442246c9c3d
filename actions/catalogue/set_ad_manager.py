"""Let a synced person report to somebody else, where that is mastered: in Active Directory.

Both must have an account there, since it names a manager by that account.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from actions.clients.call import Json
from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, find_user, shown
from actions.managers import manager_blockers, manager_plan
from actions.onprem import SETTLE, RunbookJob, directory_blockers, directory_target, sam_account_name
from actions.vocabulary import ObjectId, Params, Plan, Route, Tier


class SetAdManager(Params):
    """Who reports to whom."""

    user_id: ObjectId = Field(description="Object id of the person in Entra")
    manager_id: ObjectId = Field(description="Object id of the manager in Entra")


async def check(world: World, params: SetAdManager) -> tuple[Blocker, ...]:
    """A synced account, and another person who can lead and is known to Active Directory."""
    user = await find_user(world, params.user_id)
    found = [*(directory_blockers(user) if user else (NO_USER,))]
    found += await manager_blockers(world, params.user_id, params.manager_id)
    manager = await find_user(world, params.manager_id)
    if manager is not None and not manager.on_premises_sam_account_name:
        sentence = f"{shown(manager)} has no account in Active Directory; a person must set this manager."
        found.append(Blocker("manager_not_in_directory", sentence))
    return tuple(found)


async def plan(world: World, params: SetAdManager) -> Plan:
    """Nothing for who reports there already, else one manager."""
    user = await world.graph.users.get(params.user_id)
    return await manager_plan(world, user, directory_target(user), params.manager_id)


async def tell(world: World, params: SetAdManager, _run: RunContext) -> Mapping[str, str]:
    """Which account reports to which."""
    sam = await sam_account_name(world, params.user_id)
    manager = await sam_account_name(world, params.manager_id)
    return {"SamAccountName": sam, "Attribute": "manager", "Value": f"={manager}"}


def back(told: Mapping[str, str], before: Json) -> Mapping[str, str]:
    """The manager there was; there was none: clear it."""
    return {**told, "Value": f"={before.get('value') or ''}"}


_JOB = RunbookJob("Set-AdProfile", tell, back)

ACTION = Action(
    name="set_ad_manager",
    title="Set the manager (Active Directory account)",
    impact="Approvals, handovers and rights that follow the line of management go to the new manager.",
    tier=Tier.REVERSIBLE,
    route=Route.ONPREM,
    permissions=least("users.get", "users.manager"),
    runbook=_JOB.runbook,
    params=SetAdManager,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=SETTLE,
    repeatable=False,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo=_JOB.undo,
    undone=_JOB.undone,
    examples=(
        SetAdManager(
            user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d", manager_id="ef286c9a-1268-5a46-80bc-8a7dc9b383bd"
        ),
    ),
)
