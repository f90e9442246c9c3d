"""Add a person to a distribution list or mail-enabled security group of Exchange Online.

Graph refuses to change those, so a runbook does.
"""

from __future__ import annotations

from actions.clients.graph.permissions import least
from actions.contract import Action
from actions.distribution import RUNBOOK, back, list_blockers, told
from actions.memberships import Membership, MembershipJob, membership_locks
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import Route, Tier


class AddDistributionMember(Membership):
    """Who goes into which list."""


_MEMBERSHIP = MembershipJob(member=True, blockers=list_blockers, told=told)
_JOB = RunbookJob(RUNBOOK, _MEMBERSHIP.tell, back)

ACTION = Action(
    name="add_distribution_member",
    title="Add a person to a distribution list",
    impact="The person gets the mails sent to the list from now on, and what a security list opens.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "groups.get", "groups.is_member"),
    runbook=_JOB.runbook,
    params=AddDistributionMember,
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
        AddDistributionMember(
            group_id="0ed870d3-a074-5afb-a658-6f192cbf5a7e", user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"
        ),
    ),
)
