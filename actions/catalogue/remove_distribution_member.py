"""Take a person out of a distribution list or mail-enabled security group of Exchange Online.

Graph refuses to change those, so a runbook does.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.distribution import RUNBOOK, back, list_blockers, told
from actions.memberships import membership_plan
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import ObjectId, Params, Plan, Route, Tier


class RemoveDistributionMember(Params):
    """Who leaves which list."""

    group_id: ObjectId = Field(description="Object id of the list")
    user_id: ObjectId = Field(description="Object id of the person")


async def check(world: World, params: RemoveDistributionMember) -> tuple[Blocker, ...]:
    """A list that is mastered in Exchange Online, and a person with an address."""
    return await list_blockers(world, params.group_id, params.user_id)


async def plan(world: World, params: RemoveDistributionMember) -> Plan:
    """Nothing where Entra shows the membership as asked, else one."""
    return await membership_plan(world, params.group_id, params.user_id, member=False)


async def tell(world: World, params: RemoveDistributionMember, _run: RunContext) -> Mapping[str, str]:
    """Which person and which list."""
    return await told(world, params.group_id, params.user_id, member=False)


_JOB = RunbookJob(RUNBOOK, tell, back)

ACTION = Action(
    name="remove_distribution_member",
    title="Remove a person from a distribution list",
    impact="The person no longer gets the mails sent to the list, nor what a security list opens.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "groups.get", "groups.is_member"),
    runbook=_JOB.runbook,
    params=RemoveDistributionMember,
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
        RemoveDistributionMember(
            group_id="533d0cb7-0251-5df2-a226-49b8a9cd3805", user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"
        ),
    ),
)
