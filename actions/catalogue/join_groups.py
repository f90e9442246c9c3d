"""Put a new colleague into the groups that everybody of a department is in: assigned cloud groups.

Which these are the site's own file says, by department. Each is held to the same rules as a single group is.
"""

from __future__ import annotations

import asyncio
import re

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.clients.graph.values import Group
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_GROUP, NO_USER, find_group, find_user, group_blockers, shown
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier

_GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TARGET = re.compile(rf"group .* \(({_GUID})\)")


class JoinGroups(Params):
    """Who goes into which groups."""

    user_id: ObjectId = Field(description="Object id of the person")
    group_ids: str = Field(
        description="Object ids of the groups, with commas between", pattern=rf"^{_GUID}(,{_GUID}){{0,19}}$"
    )


async def check(world: World, params: JoinGroups) -> tuple[Blocker, ...]:
    """Groups whose members can be set through Graph, and a person."""
    user = await find_user(world, params.user_id)
    found = await asyncio.gather(*(find_group(world, one) for one in _ids(params)))
    blockers = [blocker for group in found for blocker in (group_blockers(group) if group else (NO_GROUP,))]
    return (*(() if user else (NO_USER,)), *blockers)


async def plan(world: World, params: JoinGroups) -> Plan:
    """Each membership that is not there yet; groups go by name and id."""
    user = await world.graph.users.get(params.user_id)
    groups = await _missing(world, params)
    targets = sorted(f"group {group.display_name} ({group.id})" for group in groups)
    field = f"member {shown(user)}"
    return Plan(changes=tuple(Change(target=one, field=field, before="no", after="yes") for one in targets))


async def execute(world: World, params: JoinGroups, _run: RunContext) -> None:
    """Add the person to one after the other."""
    for group in await _missing(world, params):
        await world.graph.groups.add_member(group.id, params.user_id)


async def undo(world: World, params: JoinGroups, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Take the person out of each again."""
    for change in changes:
        if found := _TARGET.fullmatch(change.target):
            await world.graph.groups.remove_member(found[1], params.user_id)


async def _missing(world: World, params: JoinGroups) -> list[Group]:
    groups = await asyncio.gather(*(world.graph.groups.get(one) for one in _ids(params)))
    there = await asyncio.gather(*(world.graph.groups.is_member(one.id, params.user_id) for one in groups))
    return [group for group, member in zip(groups, there, strict=True) if not member]


def _ids(params: JoinGroups) -> tuple[str, ...]:
    return tuple(dict.fromkeys(params.group_ids.split(",")))


ACTION = Action(
    name="join_groups",
    title="Put a person into the groups of a department",
    impact="The person gets everything these groups open: files, applications, teams and chats.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "groups.get", "groups.add_member", "groups.remove_member"),
    params=JoinGroups,
    locks=lambda params: (f"person:{params.user_id}",),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(
        JoinGroups(
            user_id="e8ff2d8e-736a-553f-9edf-2e19270add77",
            group_ids="971ecb87-2c96-5d34-9f5c-16e4cc7f1ac8,b1b08b53-2708-5c30-8bac-17a31bae9125",
        ),
    ),
)
