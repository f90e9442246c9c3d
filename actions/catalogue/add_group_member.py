"""Add a person to an assigned cloud group: security, Microsoft 365 or Teams.

Dynamic groups follow their rule, synced groups and distribution lists are changed elsewhere, and a group that
can hold directory roles is never touched.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_GROUP, NO_USER, find_group, find_user, group_blockers
from actions.memberships import membership_plan
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class AddGroupMember(Params):
    """Who goes into which group."""

    group_id: ObjectId = Field(description="Object id of the group")
    user_id: ObjectId = Field(description="Object id of the person")


async def check(world: World, params: AddGroupMember) -> tuple[Blocker, ...]:
    """A group whose members can be set through Graph, and a person."""
    group = await find_group(world, params.group_id)
    user = await find_user(world, params.user_id)
    return (
        *(() if user else (NO_USER,)),
        *(group_blockers(group) if group else (NO_GROUP,)),
    )


async def plan(world: World, params: AddGroupMember) -> Plan:
    """Nothing for a member, else one membership."""
    return await membership_plan(world, params.group_id, params.user_id, member=True)


async def execute(world: World, params: AddGroupMember, _run: RunContext) -> None:
    """Add the member."""
    await world.graph.groups.add_member(params.group_id, params.user_id)


async def undo(world: World, params: AddGroupMember, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Take the member out again."""
    if changes:
        await world.graph.groups.remove_member(params.group_id, params.user_id)


ACTION = Action(
    name="add_group_member",
    title="Add a person to a group",
    impact="The person gets everything the group opens: files, applications, mails and chats.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "groups.get", "groups.add_member"),
    params=AddGroupMember,
    locks=lambda params: (f"person:{params.user_id}", f"group:{params.group_id}"),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(
        AddGroupMember(
            group_id="971ecb87-2c96-5d34-9f5c-16e4cc7f1ac8", user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"
        ),
        AddGroupMember(
            group_id="b1b08b53-2708-5c30-8bac-17a31bae9125", user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d"
        ),
    ),
)
