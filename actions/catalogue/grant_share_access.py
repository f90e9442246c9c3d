"""Give a person access to a file share, by the group of Active Directory that carries it.

Which group carries which access is the site's list; the rights on the folders themselves are never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.directory_groups import MEMBERSHIP_OPERATIONS, RUNBOOK, back, membership_blockers, told
from actions.memberships import membership_plan
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class Access(StrEnum):
    """What a person may do in a share."""

    READ = "read"
    WRITE = "write"


class GrantShareAccess(Params):
    """Who gets which access to which share, through which group."""

    share: str = Field(description="Path of the share", pattern=r"^\\\\[^\x00-\x1f\x7f]{1,250}$")
    access: Access = Field(description="What the person may do there")
    group_id: ObjectId = Field(description="Object id of the group whose members have this access")
    user_id: ObjectId = Field(description="Object id of the person in Entra")


async def check(world: World, params: GrantShareAccess) -> tuple[Blocker, ...]:
    """A group and a person that both live in Active Directory."""
    return await membership_blockers(world, params.group_id, params.user_id)


async def plan(world: World, params: GrantShareAccess) -> Plan:
    """Nothing for a member of the group, else the access and the membership that carries it."""
    membership = await membership_plan(world, params.group_id, params.user_id, member=True)
    if membership.empty:
        return membership
    target = f"share {params.share}"
    access = Change(target=target, field=f"{params.access} access", before="no", after="yes")
    return Plan(changes=(access, *membership.changes))


async def tell(world: World, params: GrantShareAccess, _run: RunContext) -> Mapping[str, str]:
    """Which account and which group."""
    return await told(world, params.group_id, params.user_id, member=True)


_JOB = RunbookJob(RUNBOOK, tell, back)

ACTION = Action(
    name="grant_share_access",
    title="Give access to a file share",
    impact="The person opens everything in the share, and changes it if asked, after signing in anew.",
    tier=Tier.REVERSIBLE,
    route=Route.ONPREM,
    permissions=least(*MEMBERSHIP_OPERATIONS),
    runbook=_JOB.runbook,
    params=GrantShareAccess,
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
        GrantShareAccess(
            share=r"\\HL-FS-01\Marketing",
            access=Access.READ,
            group_id="7b3203c5-2565-5920-9181-a2c5b9001f0b",
            user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d",
        ),
    ),
)
