"""Take a synced person out of a group where it is mastered: in Active Directory.

Only direct membership can be taken; somebody who is in through another group stays in.
"""

from __future__ import annotations

from actions.clients.graph.permissions import least
from actions.contract import Action
from actions.directory_groups import MEMBERSHIP_OPERATIONS, RUNBOOK, back, membership_blockers, told
from actions.memberships import Membership, MembershipJob, membership_locks
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import Route, Tier


class RemoveAdGroupMember(Membership):
    """Who leaves which group."""


_MEMBERSHIP = MembershipJob(member=False, blockers=membership_blockers, told=told)
_JOB = RunbookJob(RUNBOOK, _MEMBERSHIP.tell, back)

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
        RemoveAdGroupMember(
            group_id="7b3203c5-2565-5920-9181-a2c5b9001f0b", user_id="4afe1e6c-f4b2-5dfa-a0ec-fc2da17b9499"
        ),
    ),
)
