"""Take a person out of every assigned cloud group, for instance somebody who left.

Groups that follow a rule let go of a disabled account by themselves; synced groups and distribution lists are
changed where they live. Groups that can hold directory roles are never touched, nor is the only owner of a
group taken out of it.
"""

from __future__ import annotations

import asyncio
import re

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.clients.graph.values import Group
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, find_user, group_blockers, shown
from actions.memberships import last_owner_blockers
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier

_TARGET = re.compile(r"group .* \(([0-9a-f-]{36})\)")


class RemoveAllGroups(Params):
    """Who leaves all groups."""

    user_id: ObjectId = Field(description="Object id of the person")


async def check(world: World, params: RemoveAllGroups) -> tuple[Blocker, ...]:
    """A person who is not the only owner of one of the groups."""
    if await find_user(world, params.user_id) is None:
        return (NO_USER,)
    groups = await _groups(world, params.user_id)
    found = await asyncio.gather(*(last_owner_blockers(world, group, params.user_id) for group in groups))
    return tuple(blocker for blockers in found for blocker in blockers)


async def plan(world: World, params: RemoveAllGroups) -> Plan:
    """Each membership that can be ended through Graph; groups go by name and id."""
    user = await world.graph.users.get(params.user_id)
    groups = await _groups(world, params.user_id)
    targets = sorted(f"group {group.display_name} ({group.id})" for group in groups)
    field = f"member {shown(user)}"
    return Plan(changes=tuple(Change(target=one, field=field, before="yes", after="no") for one in targets))


async def execute(world: World, params: RemoveAllGroups, _run: RunContext) -> None:
    """Take the person out of one after the other."""
    for group in await _groups(world, params.user_id):
        await world.graph.groups.remove_member(group.id, params.user_id)


async def undo(world: World, params: RemoveAllGroups, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Put the person back into each."""
    for change in changes:
        if found := _TARGET.fullmatch(change.target):
            await world.graph.groups.add_member(found[1], params.user_id)


async def _groups(world: World, user_id: str) -> list[Group]:
    """Return the groups whose direct member the person is and whose members Graph lets us change."""
    groups = [one for one in await world.graph.groups.of_user(user_id) if not group_blockers(one)]
    direct = await asyncio.gather(*(world.graph.groups.is_member(one.id, user_id) for one in groups))
    return [group for group, member in zip(groups, direct, strict=True) if member]


ACTION = Action(
    name="remove_all_groups",
    title="Remove a person from all cloud groups",
    impact="The person loses everything these groups open: files, applications, teams and chats.",
    tier=Tier.DISRUPTIVE,
    route=Route.CLOUD,
    permissions=least(
        "users.get", "groups.of_user", "groups.is_member", "groups.owners", "groups.remove_member"
    ),
    params=RemoveAllGroups,
    locks=lambda params: (f"person:{params.user_id}",),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(RemoveAllGroups(user_id="bacfeb2c-57b4-5620-92c7-1f89d2d8f0bb"),),
)
