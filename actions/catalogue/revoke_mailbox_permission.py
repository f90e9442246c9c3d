"""Take somebody's access to a mailbox of Exchange Online away.

Only access of the person's own can be taken, not what comes through a group.
"""

from __future__ import annotations

from actions.clients.graph.permissions import least
from actions.contract import Action
from actions.exchange import AccessChange, MailboxAccess, give_again, mailbox_locks
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import Route, Tier


class RevokeMailboxPermission(MailboxAccess):
    """Who no longer may do what with which mailbox."""


_ACCESS = AccessChange(given=False)
_JOB = RunbookJob("Set-MailboxPermission", _ACCESS.tell, give_again)

ACTION = Action(
    name="revoke_mailbox_permission",
    title="Take access to a mailbox away (Exchange Online)",
    impact="The person loses the mailbox in Outlook within the hour; nothing in it is deleted.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get"),
    runbook=_JOB.runbook,
    params=RevokeMailboxPermission,
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
        RevokeMailboxPermission(
            mailbox="invoices@harborline.example",
            trustee_id="b8d8b7fd-3d6c-5b40-9e44-073a440dcfee",
            permissions="FullAccess",
        ),
    ),
)
