"""Add a synced person to a group where it is mastered: in Active Directory.

Protected groups, such as domain administrators, are refused by the runbook; a group that can hold directory
roles here already.
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


class AddAdGroupMember(Params):
    """Who goes into which group."""

    group_id: ObjectId = Field(description="Object id of the group in Entra")
    user_id: ObjectId = Field(description="Object id of the person in Entra")


async def check(world: World, params: AddAdGroupMember) -> tuple[Blocker, ...]:
    """A group and a person that both live in Active Directory."""
    return await membership_blockers(world, params.group_id, params.user_id)


async def plan(world: World, params: AddAdGroupMember) -> Plan:
    """Nothing where Entra shows the membership as asked, else one."""
    return await membership_plan(world, params.group_id, params.user_id, member=True)


async def tell(world: World, params: AddAdGroupMember, _run: RunContext) -> Mapping[str, str]:
    """Which account and which group."""
    return await told(world, params.group_id, params.user_id, member=True)


_JOB = RunbookJob(RUNBOOK, tell, back)

ACTION = Action(
    name="add_ad_group_member",
    title="Add a person to a group (Active Directory)",
    impact="The person gets everything the group opens, in the office at the next sign-in, in the"
    " cloud within half an hour.",
    tier=Tier.REVERSIBLE,
    route=Route.ONPREM,
    permissions=least(*MEMBERSHIP_OPERATIONS),
    runbook=_JOB.runbook,
    params=AddAdGroupMember,
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
        AddAdGroupMember(
            group_id="7b3203c5-2565-5920-9181-a2c5b9001f0b", user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d"
        ),
    ),
)
