"""Groups of Active Directory as actions use them: who may be put in by a runbook, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping

from actions.clients.call import Json
from actions.clients.graph.values import Group
from actions.contract import Blocker, World
from actions.errors import NotFound
from actions.guards import NO_GROUP, NO_USER, find_group, find_user, untouchable_group
from actions.onprem import directory_blockers, sam_account_name

RUNBOOK = "Set-AdGroupMember"
MEMBERSHIP_OPERATIONS = ("users.get", "groups.get", "groups.is_member")
"""What these functions and `membership_plan` do in Graph."""


async def membership_blockers(world: World, group_id: str, user_id: str) -> tuple[Blocker, ...]:
    """Return why a runbook cannot change this membership: both must live in Active Directory."""
    group, user = await find_group(world, group_id), await find_user(world, user_id)
    return (
        *(directory_blockers(user) if user else (NO_USER,)),
        *(_group_blockers(group) if group else (NO_GROUP,)),
    )


async def told(world: World, group_id: str, user_id: str, *, member: bool) -> Mapping[str, str]:
    """Return the parameters of `RUNBOOK`.

    Raises:
        NotFound: the group or the account is gone, or Active Directory has neither.
    """
    group = await world.graph.groups.get(group_id)
    if not group.on_premises_security_identifier:
        raise NotFound(
            f"Entra does not know the security identifier of {group.display_name}.",
            hint="Check the synchronisation of the group.",
            subject=f"group {group_id}",
        )
    return {
        "GroupSid": group.on_premises_security_identifier,
        "SamAccountName": await sam_account_name(world, user_id),
        "Membership": "member" if member else "none",
    }


def back(told: Mapping[str, str], before: Json) -> Mapping[str, str]:
    """Return the parameters that restore the membership the runbook found."""
    return {**told, "Membership": "member" if before.get("member") else "none"}


def _group_blockers(group: Group) -> tuple[Blocker, ...]:
    found = list(untouchable_group(group))
    if not group.synced:
        sentence = f"{group.display_name} lives in the cloud; use the action for cloud groups."
        found.append(Blocker("cloud_group", sentence))
    elif not group.on_premises_security_identifier:
        sentence = f"Entra does not know where {group.display_name} lives; check its synchronisation."
        found.append(Blocker("no_security_identifier", sentence))
    return tuple(found)
