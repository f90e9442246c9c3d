"""Move a seat of a licence from an account that does not use it to a person who asks: reclaim before buying.

Which seat is idle (a disabled account, no sign-in for 60 days) is told before by the live facts; people see
whose it is in the plan and agree to it. Undoing gives it back with the same service plans switched off.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.clients.graph.values import AssignedLicense
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import ACCOUNT_OPERATIONS, NO_USER, find_user, read_account, shown
from actions.licensing import (
    GIVING,
    by_group,
    find_sku,
    give,
    giving_blockers,
    giving_changes,
    held,
    name_of,
    take_back,
)
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier

_PLANS = "switched-off service plans"


class ReassignLicense(Params):
    """Whose seat of which licence goes to whom."""

    user_id: ObjectId = Field(description="Object id of the person who gets it")
    sku_id: ObjectId = Field(description="Id of the licence (skuId)")
    from_user_id: ObjectId = Field(description="Object id of the account whose seat is idle")


async def check(world: World, params: ReassignLicense) -> tuple[Blocker, ...]:
    """An ordinary holder whose seat can be taken, somebody who may have it, and no free seat."""
    user, sku = await find_user(world, params.user_id), await find_sku(world, params.sku_id)
    if user is None:
        return (NO_USER,)
    if sku is None:
        return (Blocker("unknown_license", "The tenant has not bought this licence."),)
    if held(user, params.sku_id):
        return ()
    found = [*await giving_blockers(world, user, sku)]
    if sku.free:
        found.append(Blocker("seat_free", f"A seat of {sku.sku_part_number} is free: assign that one."))
    return (*found, *await _holder_blockers(world, params))


async def _holder_blockers(world: World, params: ReassignLicense) -> tuple[Blocker, ...]:
    account = await read_account(world, params.from_user_id)
    if account is None or not held(account.user, params.sku_id):
        return (
            Blocker("seat_gone", "The account does not hold the licence any more: look for another seat."),
        )
    holder = shown(account.user)
    if account.privileged:
        return (Blocker("privileged_holder", f"{holder} is privileged; only people take a licence there."),)
    if by_group(account.user, params.sku_id):
        return (Blocker("holder_by_group", f"{holder} has it through a group, and keeps it while in there."),)
    return ()


async def plan(world: World, params: ReassignLicense) -> Plan:
    """Nothing for who holds it already, else one licence less and one more."""
    user = await world.graph.users.get(params.user_id)
    if held(user, params.sku_id):
        return Plan()
    holder = await world.graph.users.get(params.from_user_id)
    taken, name = held(holder, params.sku_id), await name_of(world, params.sku_id)
    changes = []
    if taken:
        changes.append(Change(target=shown(holder), field=f"licence {name}", before="assigned", after="none"))
    if taken and taken.disabled_plans:
        off = " ".join(sorted(taken.disabled_plans))
        changes.append(Change(target=shown(holder), field=_PLANS, before=off))
    return Plan(changes=(*changes, *await giving_changes(world, user, params.sku_id)))


async def execute(world: World, params: ReassignLicense, _run: RunContext) -> None:
    """Take it, then assign it."""
    user = await world.graph.users.get(params.user_id)
    if not held(user, params.sku_id):
        await world.graph.licenses.take(params.from_user_id, params.sku_id)
        await give(world, user, params.sku_id)


async def undo(world: World, params: ReassignLicense, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Take it from who got it and give it back to who had it."""
    holder = await world.graph.users.get(params.from_user_id)
    if not changes or held(holder, params.sku_id):
        return
    await take_back(world, params.user_id, params.sku_id, changes)
    off = next((change.before or "" for change in changes if change.field == _PLANS), "").split()
    given = AssignedLicense(sku_id=params.sku_id, disabled_plans=tuple(off))
    await world.graph.licenses.give(params.from_user_id, given)


ACTION = Action(
    name="reassign_license",
    title="Move an idle seat of a licence",
    impact="Nothing has to be bought: an account that does not use it loses the licence, and the person who"
    " asks gets it within the hour.",
    tier=Tier.DISRUPTIVE,
    route=Route.CLOUD,
    permissions=least(*GIVING, *ACCOUNT_OPERATIONS),
    params=ReassignLicense,
    locks=lambda params: (
        f"person:{params.user_id}",
        f"person:{params.from_user_id}",
        f"license:{params.sku_id}",
    ),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(
        ReassignLicense(
            user_id="e8ff2d8e-736a-553f-9edf-2e19270add77",
            sku_id="dc21bd87-316b-5912-9dc8-df6f0da86b56",
            from_user_id="28e148ea-2f72-5478-b22b-adefd411a80f",
        ),
    ),
)
