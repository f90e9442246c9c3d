"""Members and owners of groups: what a change of membership is as a plan, and who must stay an owner."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import Field

from actions.clients.graph.values import Group
from actions.contract import Blocker, RunContext, World
from actions.guards import shown
from actions.vocabulary import Change, ObjectId, Params, Plan


class Membership(Params):
    """Who goes into which group, or leaves it."""

    group_id: ObjectId = Field(description="Object id of the group in Entra")
    user_id: ObjectId = Field(description="Object id of the person in Entra")


class Told(Protocol):
    """Gives the parameters of the runbook that changes a membership where it is mastered."""

    def __call__(
        self, world: World, group_id: str, user_id: str, *, member: bool
    ) -> Awaitable[Mapping[str, str]]:
        """Return them; NotFound where the group or the person cannot be named there."""
        ...


@dataclass(frozen=True)
class MembershipJob:
    """A membership that a runbook gives or takes: `check` and `plan` of its action, and what the job is told.

    Attributes:
        member: whether the person is to be a member.
        blockers: why the runbook cannot change the membership of a group and a person.
        told: the runbook's parameters.
    """

    member: bool
    blockers: Callable[[World, str, str], Awaitable[tuple[Blocker, ...]]]
    told: Told

    async def check(self, world: World, params: Membership) -> tuple[Blocker, ...]:
        """Return why it cannot be changed there."""
        return await self.blockers(world, params.group_id, params.user_id)

    async def plan(self, world: World, params: Membership) -> Plan:
        """Return nothing where Entra shows the membership as asked, else one."""
        return await membership_plan(world, params.group_id, params.user_id, member=self.member)

    async def tell(self, world: World, params: Membership, _run: RunContext) -> Mapping[str, str]:
        """Return what the runbook is told."""
        return await self.told(world, params.group_id, params.user_id, member=self.member)


def membership_locks(params: Membership) -> tuple[str, ...]:
    """Return what nothing else may change meanwhile: the person and the group."""
    return f"person:{params.user_id}", f"group:{params.group_id}"


async def membership_plan(world: World, group_id: str, user_id: str, *, member: bool) -> Plan:
    """Return nothing where the direct membership is as asked, else one."""
    before = await world.graph.groups.is_member(group_id, user_id)
    if before is member:
        return Plan()
    group, user = await world.graph.groups.get(group_id), await world.graph.users.get(user_id)
    words = {True: "yes", False: "no"}
    field, target = f"member {shown(user)}", f"group {group.display_name or group.id}"
    return Plan(changes=(Change(target=target, field=field, before=words[before], after=words[member]),))


async def last_owner_blockers(world: World, group: Group, user_id: str) -> tuple[Blocker, ...]:
    """Return a blocker for who is the only owner of a group: nobody would answer for it any more."""
    if [owner.id for owner in await world.graph.groups.owners(group.id)] != [user_id]:
        return ()
    sentence = f"The person is the only owner of {group.display_name}; name another owner first."
    return (Blocker("last_owner", sentence),)
