"""Take a directly assigned licence from a person.

One that comes through a group is taken by leaving the group. Service plans that were switched off are
written into the plan, so that undoing restores exactly what was there.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.clients.graph.values import AssignedLicense
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, find_user, shown
from actions.licensing import by_group, held, name_of
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier

_PLANS = "switched-off service plans"


class RemoveLicense(Params):
    """Who gives up which licence."""

    user_id: ObjectId = Field(description="Object id of the person")
    sku_id: ObjectId = Field(description="Id of the licence (skuId)")


async def check(world: World, params: RemoveLicense) -> tuple[Blocker, ...]:
    """A person who does not hold it through a group."""
    user = await find_user(world, params.user_id)
    if user is None:
        return (NO_USER,)
    if by_group(user, params.sku_id):
        sentence = f"{shown(user)} has this licence through a group; take the person out of the group."
        return (Blocker("license_by_group", sentence),)
    return ()


async def plan(world: World, params: RemoveLicense) -> Plan:
    """Nothing for who does not hold it, else one licence less."""
    user = await world.graph.users.get(params.user_id)
    taken = held(user, params.sku_id)
    if taken is None:
        return Plan()
    name = await name_of(world, params.sku_id)
    changes = [Change(target=shown(user), field=f"licence {name}", before="assigned", after="none")]
    if taken.disabled_plans:
        off = " ".join(sorted(taken.disabled_plans))
        changes.append(Change(target=shown(user), field=_PLANS, before=off))
    return Plan(changes=tuple(changes))


async def execute(world: World, params: RemoveLicense, _run: RunContext) -> None:
    """Take it."""
    await world.graph.licenses.take(params.user_id, params.sku_id)


async def undo(world: World, params: RemoveLicense, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Give it back with the same plans switched off; within 30 days the mailbox is still there."""
    if not changes or held(await world.graph.users.get(params.user_id), params.sku_id):
        return
    off = next((change.before or "" for change in changes if change.field == _PLANS), "").split()
    given = AssignedLicense(sku_id=params.sku_id, disabled_plans=tuple(off))
    await world.graph.licenses.give(params.user_id, given)


ACTION = Action(
    name="remove_license",
    title="Remove a licence",
    impact="The programs stop working for the person; a mailbox that hangs on it is kept for 30 days.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "licenses.skus", "licenses.give", "licenses.take"),
    params=RemoveLicense,
    locks=lambda params: (f"person:{params.user_id}", f"license:{params.sku_id}"),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(
        RemoveLicense(
            user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d", sku_id="5bc23342-f060-5e53-9897-280077a2a86c"
        ),
    ),
)
