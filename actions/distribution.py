"""Distribution lists of Exchange Online as actions use them: who may be put in, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping

from actions.clients.call import Json
from actions.clients.graph.values import Group
from actions.contract import Blocker, World
from actions.errors import NotFound
from actions.exchange import mailbox_address
from actions.guards import NO_GROUP, NO_USER, find_group, find_user, shown, untouchable_group

RUNBOOK = "Set-DistributionGroupMember"


async def list_blockers(world: World, group_id: str, user_id: str) -> tuple[Blocker, ...]:
    """Return why a runbook cannot change this membership."""
    group, user = await find_group(world, group_id), await find_user(world, user_id)
    found = [*(_group_blockers(group) if group else (NO_GROUP,)), *(() if user else (NO_USER,))]
    if user is not None and not user.mail:
        sentence = f"{shown(user)} has no mail address, so Exchange cannot name them."
        found.append(Blocker("no_address", sentence))
    return tuple(found)


async def told(world: World, group_id: str, user_id: str, *, member: bool) -> Mapping[str, str]:
    """Return the parameters of `RUNBOOK`.

    Raises:
        NotFound: the list or the person is gone or has no address.
    """
    group = await world.graph.groups.get(group_id)
    if not group.mail:
        raise NotFound(
            f"{group.display_name} has no mail address.",
            hint="Check in Exchange whether it still is a distribution list.",
            subject=f"group {group_id}",
        )
    return {
        "GroupAddress": group.mail,
        "Member": await mailbox_address(world, user_id),
        "Membership": "member" if member else "none",
    }


def back(told: Mapping[str, str], before: Json) -> Mapping[str, str]:
    """Return the parameters that restore the membership the runbook found."""
    return {**told, "Membership": "member" if before.get("member") else "none"}


def _group_blockers(group: Group) -> tuple[Blocker, ...]:
    found = list(untouchable_group(group))
    if group.kind not in {"distribution", "mailsecurity"}:
        sentence = f"{group.display_name} is no distribution list; use the action for groups."
        found.append(Blocker("no_distribution_list", sentence))
    elif group.synced:
        sentence = f"{group.display_name} is synced from Active Directory; it is changed there."
        found.append(Blocker("synced_group", sentence))
    return tuple(found)
