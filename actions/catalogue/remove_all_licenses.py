"""Take every directly assigned licence from a person in one step, for instance from somebody who left.

Licences that come through a group go with the membership. Service plans that were switched off are written
into the plan, so that undoing restores exactly what was there.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.clients.graph.values import AssignedLicense, Sku, User
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, find_user, shown
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier

_LICENSE, _WITHOUT = "licence ", "assigned, without "


class RemoveAllLicenses(Params):
    """Who gives up all licences."""

    user_id: ObjectId = Field(description="Object id of the person")


async def check(world: World, params: RemoveAllLicenses) -> tuple[Blocker, ...]:
    """A person."""
    return () if await find_user(world, params.user_id) else (NO_USER,)


async def plan(world: World, params: RemoveAllLicenses) -> Plan:
    """Each licence that is held directly, with the service plans switched off in it."""
    user = await world.graph.users.get(params.user_id)
    names = {sku.sku_id.lower(): sku.sku_part_number for sku in await world.graph.licenses.skus()}
    held = sorted(_direct(user), key=lambda one: names.get(one.sku_id.lower(), one.sku_id))
    return Plan(changes=tuple(_change(user, one, names.get(one.sku_id.lower(), one.sku_id)) for one in held))


async def execute(world: World, params: RemoveAllLicenses, _run: RunContext) -> None:
    """Take them all at once."""
    held = [one.sku_id for one in _direct(await world.graph.users.get(params.user_id))]
    if held:
        await world.graph.licenses.take_all(params.user_id, held)


async def undo(
    world: World, params: RemoveAllLicenses, changes: tuple[Change, ...], _run: RunContext
) -> None:
    """Give back what was taken with the same plans switched off; for 30 days the mailbox is still there."""
    skus = {sku.sku_part_number: sku for sku in await world.graph.licenses.skus()}
    held = {one.sku_id.lower() for one in (await world.graph.users.get(params.user_id)).assigned_licenses}
    given = [one for one in (_before(change, skus) for change in changes) if one.sku_id.lower() not in held]
    if given:
        await world.graph.licenses.give_all(params.user_id, given)


def _direct(user: User) -> list[AssignedLicense]:
    """Return what was assigned to the person themselves, also where a group gives the same once more."""
    direct = {one.sku_id for one in user.license_assignment_states if one.assigned_by_group is None}
    return [one for one in user.assigned_licenses if one.sku_id in direct]


def _change(user: User, held: AssignedLicense, name: str) -> Change:
    off = " ".join(sorted(held.disabled_plans))
    before = f"{_WITHOUT}{off}" if off else "assigned"
    return Change(target=shown(user), field=f"{_LICENSE}{name}", before=before, after="none")


def _before(change: Change, skus: dict[str, Sku]) -> AssignedLicense:
    name, before = change.field.removeprefix(_LICENSE), change.before or ""
    off = before.removeprefix(_WITHOUT).split() if before.startswith(_WITHOUT) else []
    return AssignedLicense(sku_id=skus[name].sku_id if name in skus else name, disabled_plans=tuple(off))


ACTION = Action(
    name="remove_all_licenses",
    title="Remove all licences",
    impact="All programs of Microsoft 365 stop working for the person; a mailbox is kept for 30 days unless"
    " it became a shared one before.",
    tier=Tier.DISRUPTIVE,
    route=Route.CLOUD,
    permissions=least("users.get", "licenses.skus", "licenses.give_all", "licenses.take_all"),
    params=RemoveAllLicenses,
    locks=lambda params: (f"person:{params.user_id}",),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(RemoveAllLicenses(user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d"),),
)
