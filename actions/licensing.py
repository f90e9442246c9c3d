"""Licences as actions use them: who may be given one, what stands in the way, and where it comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from actions.clients.graph.values import AssignedLicense, Sku, User
from actions.contract import Blocker, World
from actions.guards import shown
from actions.vocabulary import Change

GIVING: Final = (
    *("users.get", "users.manager", "users.update"),
    *("groups.with_license", "licenses.skus", "licenses.give", "licenses.take"),
)
"""What giving somebody a licence, and taking it back, does in Graph."""

USAGE_LOCATION: Final = "usage location"

_ONE_OF: Final[tuple[Mapping[str, str], ...]] = (
    {
        "EXCHANGE_S_DESKLESS": "Exchange Online Kiosk",
        "EXCHANGE_S_STANDARD": "Exchange Online (Plan 1)",
        "EXCHANGE_S_ENTERPRISE": "Exchange Online (Plan 2)",
    },
    {
        "SHAREPOINTDESKLESS": "SharePoint Kiosk",
        "SHAREPOINTSTANDARD": "SharePoint (Plan 1)",
        "SHAREPOINTENTERPRISE": "SharePoint (Plan 2)",
    },
)
"""Service plans of which Entra lets a person have one (graph.md section 6: MutuallyExclusiveViolation)."""


async def find_sku(world: World, sku_id: str) -> Sku | None:
    """Return the licence as the tenant bought it, or `None`."""
    return next((sku for sku in await world.graph.licenses.skus() if sku.sku_id.lower() == sku_id), None)


async def name_of(world: World, sku_id: str) -> str:
    """Return the licence's part number, or its id where the tenant no longer has it."""
    sku = await find_sku(world, sku_id)
    return sku.sku_part_number if sku else sku_id


def held(user: User, sku_id: str) -> AssignedLicense | None:
    """Return the licence as the user has it, directly or through a group; `None` without it."""
    return next((one for one in user.assigned_licenses if one.sku_id.lower() == sku_id), None)


def by_group(user: User, sku_id: str) -> bool:
    """Whether the licence comes to the user through a group."""
    states = (one for one in user.license_assignment_states if one.sku_id.lower() == sku_id)
    return any(state.assigned_by_group for state in states)


async def giving_blockers(world: World, user: User, sku: Sku) -> tuple[Blocker, ...]:
    """Return why this licence cannot be assigned to this person directly, apart from the seats."""
    found = []
    groups = [one for one in await world.graph.groups.with_license(sku.sku_id) if not one.dynamic]
    if groups:
        names = " or ".join(group.display_name or group.id for group in groups)
        sentence = f"{sku.sku_part_number} is given by the group {names}: add the person there instead."
        found.append(Blocker("license_by_group", sentence))
    if not user.usage_location and not await likely_location(world, user):
        sentence = (
            f"{shown(user)} has no usage location, without which no licence can be assigned, and no manager"
            " in the same office to take it from: set it first."
        )
        found.append(Blocker("no_usage_location", sentence))
    return (*found, *_conflicts(user, sku, await world.graph.licenses.skus()))


async def likely_location(world: World, user: User) -> str:
    """Return the usage location to set: that of the manager, if both are in one office; else nothing.

    It lives in the cloud, for synced accounts too.
    """
    if not user.office_location:
        return ""
    manager = await world.graph.users.manager(user.id)
    if manager is None or manager.office_location != user.office_location:
        return ""
    return (await world.graph.users.get(manager.id)).usage_location or ""


async def giving_changes(world: World, user: User, sku_id: str) -> tuple[Change, ...]:
    """Return what changes when the licence is assigned: the usage location first, where there is none."""
    change = Change(
        target=shown(user), field=f"licence {await name_of(world, sku_id)}", before="none", after="assigned"
    )
    if user.usage_location:
        return (change,)
    place = await likely_location(world, user)
    return (Change(target=shown(user), field=USAGE_LOCATION, after=place), change)


async def give(world: World, user: User, sku_id: str) -> None:
    """Assign the licence with all its service plans, and set the usage location where there is none."""
    if not user.usage_location:
        await world.graph.users.update(user.id, {"usageLocation": await likely_location(world, user)})
    await world.graph.licenses.give(user.id, AssignedLicense(sku_id=sku_id))


async def take_back(world: World, user_id: str, sku_id: str, changes: Collection[Change]) -> None:
    """Undo `giving_changes`: the licence first, then the usage location if it was set with it."""
    await world.graph.licenses.take(user_id, sku_id)
    if any(change.field == USAGE_LOCATION for change in changes):
        await world.graph.users.update(user_id, {"usageLocation": None})


def _conflicts(user: User, sku: Sku, skus: Collection[Sku]) -> Iterator[Blocker]:
    """Yield each service plan that cannot be on beside one that the person has."""
    by_id = {one.sku_id.lower(): one for one in skus}
    for one in user.assigned_licenses:
        other = by_id.get(one.sku_id.lower())
        on = _plans(other, one.disabled_plans) if other else frozenset()
        for plans in _ONE_OF:
            new, old = _plans(sku) & plans.keys(), on & plans.keys()
            if other and new and old and new != old:
                sentence = (
                    f"{sku.sku_part_number} brings {plans[min(new)]}, and {shown(user)} has {plans[min(old)]}"
                    f" by {other.sku_part_number}; only one of them can be on. Take {other.sku_part_number}"
                    " back first, or choose a licence without it."
                )
                yield Blocker("plan_conflict", sentence)


def _plans(sku: Sku, but: Collection[str] = ()) -> frozenset[str]:
    return frozenset(plan.service_plan_name for plan in sku.service_plans if plan.service_plan_id not in but)
