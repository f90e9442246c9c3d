"""Take a directly assigned licence from a person.

One that comes through a group is taken by leaving the group. Service plans that were switched off are
written into the plan, so that undoing restores exactly what was there.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.clients.graph.values import AssignedLicense, User
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, find_user, shown
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
    states = (one for one in user.license_assignment_states if one.sku_id.lower() == params.sku_id)
    if any(state.assigned_by_group for state in states):
        sentence = f"{shown(user)} has this licence through a group; take the person out of the group."
        return (Blocker("license_by_group", sentence),)
    return ()


async def plan(world: World, params: RemoveLicense) -> Plan:
    """Nothing for who does not hold it, else one licence less."""
    user = await world.graph.users.get(params.user_id)
    held = _held(user, params.sku_id)
    if held is None:
        return Plan()
    name = await _name(world, params.sku_id)
    changes = [Change(target=shown(user), field=f"licence {name}", before="assigned", after="none")]
    if held.disabled_plans:
        off = " ".join(sorted(held.disabled_plans))
        changes.append(Change(target=shown(user), field=_PLANS, before=off))
    return Plan(changes=tuple(changes))


async def execute(world: World, params: RemoveLicense, _run: RunContext) -> None:
    """Take it."""
    await world.graph.licenses.take(params.user_id, params.sku_id)


async def undo(world: World, params: RemoveLicense, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Give it back with the same plans switched off; within 30 days the mailbox is still there."""
    if not changes or _held(await world.graph.users.get(params.user_id), params.sku_id):
        return
    off = next((change.before or "" for change in changes if change.field == _PLANS), "").split()
    given = AssignedLicense(sku_id=params.sku_id, disabled_plans=tuple(off))
    await world.graph.licenses.give(params.user_id, given)


def _held(user: User, sku_id: str) -> AssignedLicense | None:
    return next((one for one in user.assigned_licenses if one.sku_id.lower() == sku_id), None)


async def _name(world: World, sku_id: str) -> str:
    skus = await world.graph.licenses.skus()
    return next((sku.sku_part_number for sku in skus if sku.sku_id.lower() == sku_id), sku_id)


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
