"""Add a synced person to a group where it is mastered: in Active Directory.

Protected groups, such as domain administrators, are refused by the runbook; a group that can hold directory
roles here already.
"""

from __future__ import annotations

from actions.clients.graph.permissions import least
from actions.contract import Action
from actions.directory_groups import MEMBERSHIP_OPERATIONS, RUNBOOK, back, membership_blockers, told
from actions.memberships import Membership, MembershipJob, membership_locks
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import Route, Tier


class AddAdGroupMember(Membership):
    """Who goes into which group."""


_MEMBERSHIP = MembershipJob(member=True, blockers=membership_blockers, told=told)
_JOB = RunbookJob(RUNBOOK, _MEMBERSHIP.tell, back)

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
    locks=membership_locks,
    settle=SETTLE,
    repeatable=False,
    check=_MEMBERSHIP.check,
    plan=_MEMBERSHIP.plan,
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
