"""Take a synced person out of a group where it is mastered: in Active Directory.

Only direct membership can be taken; somebody who is in through another group stays in.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.directory_groups import MEMBERSHIP_OPERATIONS, RUNBOOK, back, membership_blockers, told
from actions.memberships import membership_plan
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import ObjectId, Params, Plan, Route, Tier


class RemoveAdGroupMember(Params):
    """Who leaves which group."""

    group_id: ObjectId = Field(description="Object id of the group in Entra")
    user_id: ObjectId = Field(description="Object id of the person in Entra")


async def check(world: World, params: RemoveAdGroupMember) -> tuple[Blocker, ...]:
    """A group and a person that both live in Active Directory."""
    return await membership_blockers(world, params.group_id, params.user_id)


async def plan(world: World, params: RemoveAdGroupMember) -> Plan:
    """Nothing where Entra shows the membership as asked, else one."""
    return await membership_plan(world, params.group_id, params.user_id, member=False)


async def tell(world: World, params: RemoveAdGroupMember, _run: RunContext) -> Mapping[str, str]:
    """Which account and which group."""
    return await told(world, params.group_id, params.user_id, member=False)


_JOB = RunbookJob(RUNBOOK, tell, back)

ACTION = Action(
    name="remove_ad_group_member",
    title="Remove a person from a group (Active Directory)",
    impact="The person loses everything the group opens, in the office at the next sign-in, in the"
    " cloud within half an hour.",
    tier=Tier.REVERSIBLE,
    route=Route.ONPREM,
    permissions=least(*MEMBERSHIP_OPERATIONS),
    runbook=_JOB.runbook,
    params=RemoveAdGroupMember,
    locks=lambda params: (f"person:{params.user_id}", f"group:{params.group_id}"),
    settle=SETTLE,
    repeatable=False,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo=_JOB.undo,
    undone=_JOB.undone,
    examples=(
        RemoveAdGroupMember(
            group_id="7b3203c5-2565-5920-9181-a2c5b9001f0b", user_id="4afe1e6c-f4b2-5dfa-a0ec-fc2da17b9499"
        ),
    ),
)
