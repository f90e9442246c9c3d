"""Assign a licence to a person, directly, if a seat is free.

A licence already held is left as it is: assigning it again would switch its service plans back on. Where a
group gives it, the group is the way. A missing usage location becomes that of the manager in the same office.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, find_user
from actions.licensing import GIVING, find_sku, give, giving_blockers, giving_changes, held, take_back
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class AssignLicense(Params):
    """Who gets which licence."""

    user_id: ObjectId = Field(description="Object id of the person")
    sku_id: ObjectId = Field(description="Id of the licence (skuId)")


async def check(world: World, params: AssignLicense) -> tuple[Blocker, ...]:
    """A usage location, a free seat, no group that gives it and no service plan that excludes another."""
    user = await find_user(world, params.user_id)
    if user is None:
        return (NO_USER,)
    sku = await find_sku(world, params.sku_id)
    if sku is None:
        return (Blocker("unknown_license", "The tenant has not bought this licence."),)
    if held(user, params.sku_id):
        return ()
    found = [*await giving_blockers(world, user, sku)]
    if not sku.free:
        sentence = f"No seat of {sku.sku_part_number} is free: take one that is idle, or buy one."
        found.append(Blocker("no_free_seat", sentence))
    return tuple(found)


async def plan(world: World, params: AssignLicense) -> Plan:
    """Nothing for who holds it already, else one licence, and the usage location where there is none."""
    user = await world.graph.users.get(params.user_id)
    if held(user, params.sku_id):
        return Plan()
    return Plan(changes=await giving_changes(world, user, params.sku_id))


async def execute(world: World, params: AssignLicense, _run: RunContext) -> None:
    """Assign it with all its service plans."""
    user = await world.graph.users.get(params.user_id)
    if not held(user, params.sku_id):
        await give(world, user, params.sku_id)


async def undo(world: World, params: AssignLicense, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Take back exactly what was given; mailbox data is kept for 30 days."""
    if changes:
        await take_back(world, params.user_id, params.sku_id, changes)


ACTION = Action(
    name="assign_license",
    version=2,
    title="Assign a licence",
    impact="Takes one paid seat; the programs appear for the person within the hour.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least(*GIVING),
    params=AssignLicense,
    locks=lambda params: (f"person:{params.user_id}", f"license:{params.sku_id}"),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(
        AssignLicense(
            user_id="e8ff2d8e-736a-553f-9edf-2e19270add77", sku_id="efb38094-208c-536f-8d23-3b3675bbd1b8"
        ),
        AssignLicense(
            user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d", sku_id="615ad67a-ef97-5c85-917d-1de73266c775"
        ),
    ),
)
