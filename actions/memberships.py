"""Members and owners of groups: what a change of membership is as a plan, and who must stay an owner."""

from __future__ import annotations

from actions.clients.graph.values import Group
from actions.contract import Blocker, World
from actions.guards import shown
from actions.vocabulary import Change, Plan


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
