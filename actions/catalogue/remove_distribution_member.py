"""Take a person out of a distribution list or mail-enabled security group of Exchange Online.

Graph refuses to change those, so a runbook does.
"""

from __future__ import annotations

from actions.clients.graph.permissions import least
from actions.contract import Action
from actions.distribution import RUNBOOK, back, list_blockers, told
from actions.memberships import Membership, MembershipJob, membership_locks
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import Route, Tier


class RemoveDistributionMember(Membership):
    """Who leaves which list."""


_MEMBERSHIP = MembershipJob(member=False, blockers=list_blockers, told=told)
_JOB = RunbookJob(RUNBOOK, _MEMBERSHIP.tell, back)

ACTION = Action(
    name="remove_distribution_member",
    title="Remove a person from a distribution list",
    impact="The person no longer gets the mails sent to the list, nor what a security list opens.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "groups.get", "groups.is_member"),
    runbook=_JOB.runbook,
    params=RemoveDistributionMember,
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
        RemoveDistributionMember(
            group_id="533d0cb7-0251-5df2-a226-49b8a9cd3805", user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"
        ),
    ),
)
