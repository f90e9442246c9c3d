"""The twin of Unlock-AdAccount.ps1: unlocks an Active Directory account."""

from __future__ import annotations

from collections.abc import Mapping

from triage.sandbox.records import AdAccount
from triage.sandbox.runbooks.contract import EXECUTION_ID, GUID, SAM, Outcome, Twin, refused
from triage.sandbox.tenant import Tenant, record


def unlock(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Unlock the account; one that is not locked is left as it is."""
    account = tenant.ad.get(parameters["SamAccountName"].lower())
    refusal = refusal_of(account)
    if account is None or refusal is not None:
        return refused(refusal or "account_not_found")
    before = {"lockedOut": account.locked}
    if not account.locked:
        return Outcome(ok=True, changed=False, before=before, after=before, detail="not_locked")
    account.locked = False
    after = {"lockedOut": False}
    record(
        tenant,
        actor=TWIN.name,
        area="onprem",
        what="Unlock account",
        target=(account.user_id, account.sam),
        before=before,
        after=after,
        correlation=parameters[EXECUTION_ID],
    )
    return Outcome(ok=True, changed=True, before=before, after=after, detail="unlocked")


def refusal_of(account: AdAccount | None) -> str | None:
    """Return why an account may not be touched by a runbook at all, or None."""
    if account is None:
        return "account_not_found"
    if account.protected:
        return "account_protected"
    return None if account.enabled else "account_disabled"


TWIN = Twin(
    name="Unlock-AdAccount",
    parameters={"SamAccountName": SAM, EXECUTION_ID: GUID},
    before=("lockedOut",),
    after=("lockedOut",),
    run=unlock,
)
