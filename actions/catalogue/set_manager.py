"""Let a person with a cloud account report to somebody else.

Synced people keep their manager in Active Directory: `set_ad_manager`.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, cloud_mastered, find_user, shown
from actions.managers import manager_blockers, manager_plan
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class SetManager(Params):
    """Who reports to whom."""

    user_id: ObjectId = Field(description="Object id of the person")
    manager_id: ObjectId = Field(description="Object id of the manager")


async def check(world: World, params: SetManager) -> tuple[Blocker, ...]:
    """An account that is mastered in the cloud, and another person who can lead."""
    user = await find_user(world, params.user_id)
    mastered = cloud_mastered(user) if user else (NO_USER,)
    return (*mastered, *await manager_blockers(world, params.user_id, params.manager_id))


async def plan(world: World, params: SetManager) -> Plan:
    """Nothing for who reports there already, else one manager."""
    user = await world.graph.users.get(params.user_id)
    return await manager_plan(world, user, shown(user), params.manager_id)


async def execute(world: World, params: SetManager, _run: RunContext) -> None:
    """Set the manager."""
    await world.graph.users.set_manager(params.user_id, params.manager_id)


async def undo(world: World, params: SetManager, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Set the manager there was, by the name in the plan; there was none: remove it."""
    for change in changes:
        if change.before is None:
            await world.graph.users.remove_manager(params.user_id)
        else:
            before = await world.graph.users.get(change.before)
            await world.graph.users.set_manager(params.user_id, before.id)


ACTION = Action(
    name="set_manager",
    title="Set the manager (cloud account)",
    impact="Approvals, handovers and rights that follow the line of management go to the new manager.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "users.manager", "users.set_manager"),
    params=SetManager,
    locks=lambda params: (f"person:{params.user_id}",),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(
        SetManager(
            user_id="e8ff2d8e-736a-553f-9edf-2e19270add77", manager_id="24458f72-ed6f-5907-b806-ffa892a2b96d"
        ),
    ),
)
