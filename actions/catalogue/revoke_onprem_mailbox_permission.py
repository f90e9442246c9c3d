"""Take somebody's access to a mailbox of the Exchange servers on-premises away.

Only access of the person's own can be taken, not what comes through a group.
"""

from __future__ import annotations

from actions.clients.graph.permissions import least
from actions.contract import Action
from actions.exchange import AccessChange, MailboxAccess, give_again, mailbox_locks
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import Route, Tier


class RevokeOnpremMailboxPermission(MailboxAccess):
    """Who no longer may do what with which mailbox."""


_ACCESS = AccessChange(given=False)
_JOB = RunbookJob("Set-OnPremMailboxPermission", _ACCESS.tell, give_again)

ACTION = Action(
    name="revoke_onprem_mailbox_permission",
    title="Take access to a mailbox away (Exchange on-premises)",
    impact="The person loses the mailbox in Outlook within the hour; nothing in it is deleted.",
    tier=Tier.REVERSIBLE,
    route=Route.ONPREM,
    permissions=least("users.get"),
    runbook=_JOB.runbook,
    params=RevokeOnpremMailboxPermission,
    locks=mailbox_locks,
    settle=SETTLE,
    repeatable=False,
    check=_ACCESS.check,
    plan=_ACCESS.plan,
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
