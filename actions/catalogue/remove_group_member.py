"""Take a person out of an assigned cloud group: security, Microsoft 365 or Teams.

Only direct membership can be taken; somebody who is in through another group stays in.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_GROUP, NO_USER, find_group, find_user, group_blockers
from actions.memberships import last_owner_blockers, membership_plan
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class RemoveGroupMember(Params):
    """Who leaves which group."""

    group_id: ObjectId = Field(description="Object id of the group")
    user_id: ObjectId = Field(description="Object id of the person")


async def check(world: World, params: RemoveGroupMember) -> tuple[Blocker, ...]:
    """A group whose members can be set through Graph and that keeps a member, and a person."""
    group = await find_group(world, params.group_id)
    user = await find_user(world, params.user_id)
    if group is None:
        return (NO_GROUP,) if user else (NO_USER, NO_GROUP)
    found = list(group_blockers(group)) if user else [NO_USER, *group_blockers(group)]
    if [member.id for member in await world.graph.groups.members(group.id)] == [params.user_id]:
        sentence = f"Nobody would be left in {group.display_name}; delete the group or name another member."
        found.append(Blocker("last_member", sentence))
    return (*found, *await last_owner_blockers(world, group, params.user_id))


async def plan(world: World, params: RemoveGroupMember) -> Plan:
    """One membership less; nothing for who is no direct member."""
    return await membership_plan(world, params.group_id, params.user_id, member=False)


async def execute(world: World, params: RemoveGroupMember, _run: RunContext) -> None:
    """Take the member out."""
    await world.graph.groups.remove_member(params.group_id, params.user_id)


async def undo(
    world: World, params: RemoveGroupMember, changes: tuple[Change, ...], _run: RunContext
) -> None:
    """Put the member back."""
    if changes:
        await world.graph.groups.add_member(params.group_id, params.user_id)


ACTION = Action(
    name="remove_group_member",
    title="Remove a person from a group",
    impact="The person loses everything the group opens: files, applications, mails and chats.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "groups.get", "groups.members", "groups.owners", "groups.remove_member"),
    params=RemoveGroupMember,
    locks=lambda params: (f"person:{params.user_id}", f"group:{params.group_id}"),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(
        RemoveGroupMember(
            group_id="57b9f147-891f-54e1-ac6f-23f7e82172c4", user_id="200d8ca4-8ff4-52e1-8e7b-5f9695eee612"
        ),
    ),
)
