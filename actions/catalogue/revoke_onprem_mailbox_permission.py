"""Take somebody's access to a mailbox of the Exchange servers on-premises away.

Only access of the person's own can be taken, not what comes through a group.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.exchange import ADDRESS, PERMISSIONS, access_plan, access_told, give_again
from actions.guards import NO_USER, find_user
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import ObjectId, Params, Plan, Route, Tier


class RevokeOnpremMailboxPermission(Params):
    """Who no longer may do what with which mailbox."""

    mailbox: str = Field(description="Address of the mailbox", pattern=ADDRESS)
    trustee_id: ObjectId = Field(description="Object id of the person")
    permissions: str = Field(
        description="FullAccess, SendAs, SendOnBehalf, or several with commas between", pattern=PERMISSIONS
    )


async def check(world: World, params: RevokeOnpremMailboxPermission) -> tuple[Blocker, ...]:
    """A person, also one who is disabled by now."""
    return () if await find_user(world, params.trustee_id) else (NO_USER,)


async def plan(world: World, params: RevokeOnpremMailboxPermission) -> Plan:
    """Each permission taken."""
    return await access_plan(world, params.mailbox, params.trustee_id, params.permissions, given=False)


async def tell(world: World, params: RevokeOnpremMailboxPermission, _run: RunContext) -> Mapping[str, str]:
    """Which mailbox, who, and what they may do."""
    return await access_told(world, params.mailbox, params.trustee_id, params.permissions, given=False)


_JOB = RunbookJob("Set-OnPremMailboxPermission", tell, give_again)

ACTION = Action(
    name="revoke_onprem_mailbox_permission",
    title="Take access to a mailbox away (Exchange on-premises)",
    impact="The person loses the mailbox in Outlook within the hour; nothing in it is deleted.",
    tier=Tier.REVERSIBLE,
    route=Route.ONPREM,
    permissions=least("users.get"),
    runbook=_JOB.runbook,
    params=RevokeOnpremMailboxPermission,
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
        RevokeOnpremMailboxPermission(
            mailbox="accounts.payable@harborline.example",
            trustee_id="95a696df-eb74-5aa9-a6da-307a3a599bb9",
            permissions="FullAccess",
        ),
    ),
)
