"""Assign a licence to a person, directly, if a seat is free.

A licence already held is left as it is: assigning it again would switch its service plans back on.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.clients.graph.values import AssignedLicense, Sku, User
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, find_user, shown
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class AssignLicense(Params):
    """Who gets which licence."""

    user_id: ObjectId = Field(description="Object id of the person")
    sku_id: ObjectId = Field(description="Id of the licence (skuId)")


async def check(world: World, params: AssignLicense) -> tuple[Blocker, ...]:
    """A person with a usage location, and a free seat."""
    user = await find_user(world, params.user_id)
    if user is None:
        return (NO_USER,)
    sku = await _sku(world, params.sku_id)
    if sku is None:
        return (Blocker("unknown_license", "The tenant has not bought this licence."),)
    if _holds(user, params.sku_id):
        return ()
    found = []
    if not user.usage_location:
        sentence = f"{shown(user)} has no usage location, without which no licence can be assigned."
        found.append(Blocker("no_usage_location", sentence))
    if not sku.free:
        sentence = f"No seat of {sku.sku_part_number} is free: take one from somebody or buy more."
        found.append(Blocker("no_free_seat", sentence))
    return tuple(found)


async def plan(world: World, params: AssignLicense) -> Plan:
    """Nothing for who holds it already, else one licence."""
    user = await world.graph.users.get(params.user_id)
    if _holds(user, params.sku_id):
        return Plan()
    sku = await _sku(world, params.sku_id)
    name = sku.sku_part_number if sku else params.sku_id
    return Plan(
        changes=(Change(target=shown(user), field=f"licence {name}", before="none", after="assigned"),)
    )


async def execute(world: World, params: AssignLicense, _run: RunContext) -> None:
    """Assign it with all its service plans."""
    user = await world.graph.users.get(params.user_id)
    if not _holds(user, params.sku_id):
        await world.graph.licenses.give(user.id, AssignedLicense(sku_id=params.sku_id))


async def undo(world: World, params: AssignLicense, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Take back exactly what was given; mailbox data is kept for 30 days."""
    if changes:
        await world.graph.licenses.take(params.user_id, params.sku_id)


async def _sku(world: World, sku_id: str) -> Sku | None:
    return next((sku for sku in await world.graph.licenses.skus() if sku.sku_id.lower() == sku_id), None)


def _holds(user: User, sku_id: str) -> bool:
    return any(one.sku_id.lower() == sku_id for one in user.assigned_licenses)


ACTION = Action(
    name="assign_license",
    title="Assign a licence",
    impact="Takes one paid seat; the programs appear for the person within the hour.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "licenses.skus", "licenses.give", "licenses.take"),
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
