"""Give somebody access to a mailbox of the Exchange servers on-premises.

Undoing leaves what the person had before.
"""

from __future__ import annotations

from actions.clients.graph.permissions import least
from actions.contract import Action
from actions.exchange import AccessChange, MailboxAccess, mailbox_locks, take_again
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import Route, Tier


class GrantOnpremMailboxPermission(MailboxAccess):
    """Who may do what with which mailbox."""


_ACCESS = AccessChange(given=True)
_JOB = RunbookJob("Set-OnPremMailboxPermission", _ACCESS.tell, take_again)

ACTION = Action(
    name="grant_onprem_mailbox_permission",
    title="Give access to a mailbox (Exchange on-premises)",
    impact="The person reads all mails of the mailbox, also old ones, and may write in its name if asked.",
    tier=Tier.REVERSIBLE,
    route=Route.ONPREM,
    permissions=least("users.get"),
    runbook=_JOB.runbook,
    params=GrantOnpremMailboxPermission,
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
        GrantOnpremMailboxPermission(
            mailbox="accounts.payable@harborline.example",
            trustee_id="e8ff2d8e-736a-553f-9edf-2e19270add77",
            permissions="FullAccess,SendAs",
        ),
    ),
)
