"""Give somebody access to a mailbox of the Exchange servers on-premises.

Undoing leaves what the person had before.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.exchange import ADDRESS, PERMISSIONS, access_plan, access_told, take_again, trustee_blockers
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import ObjectId, Params, Plan, Route, Tier


class GrantOnpremMailboxPermission(Params):
    """Who may do what with which mailbox."""

    mailbox: str = Field(description="Address of the mailbox", pattern=ADDRESS)
    trustee_id: ObjectId = Field(description="Object id of the person")
    permissions: str = Field(
        description="FullAccess, SendAs, SendOnBehalf, or several with commas between", pattern=PERMISSIONS
    )


async def check(world: World, params: GrantOnpremMailboxPermission) -> tuple[Blocker, ...]:
    """A colleague with an address; whether there is such a mailbox the runbook sees."""
    return await trustee_blockers(world, params.trustee_id)


async def plan(world: World, params: GrantOnpremMailboxPermission) -> Plan:
    """Each permission given."""
    return await access_plan(world, params.mailbox, params.trustee_id, params.permissions, given=True)


async def tell(world: World, params: GrantOnpremMailboxPermission, _run: RunContext) -> Mapping[str, str]:
    """Which mailbox, who, and what they may do."""
    return await access_told(world, params.mailbox, params.trustee_id, params.permissions, given=True)


_JOB = RunbookJob("Set-OnPremMailboxPermission", tell, take_again)

ACTION = Action(
    name="grant_onprem_mailbox_permission",
    title="Give access to a mailbox (Exchange on-premises)",
    impact="The person reads all mails of the mailbox, also old ones, and may write in its name if asked.",
    tier=Tier.REVERSIBLE,
    route=Route.ONPREM,
    permissions=least("users.get"),
    runbook=_JOB.runbook,
    params=GrantOnpremMailboxPermission,
    locks=lambda params: (f"mailbox:{params.mailbox}".casefold(), f"person:{params.trustee_id}"),
    settle=SETTLE,
    repeatable=False,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo=_JOB.undo,
    undone=_JOB.undone,
    examples=(
        GrantOnpremMailboxPermission(
            mailbox="accounts.payable@harborline.example",
            trustee_id="e8ff2d8e-736a-553f-9edf-2e19270add77",
            permissions="FullAccess,SendAs",
        ),
    ),
)
