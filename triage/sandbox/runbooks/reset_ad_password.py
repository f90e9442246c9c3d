"""The twin of Reset-AdPassword.ps1: makes a password on the worker, sets it, leaves it in Key Vault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from triage.sandbox import passwords
from triage.sandbox.founding import graph_time
from triage.sandbox.records import AdAccount, Json
from triage.sandbox.runbooks.contract import EXECUTION_ID, GUID, SAM, Outcome, Twin, refused
from triage.sandbox.runbooks.unlock_ad_account import refusal_of
from triage.sandbox.tenant import Tenant, record
from triage.sandbox.vault import put_secret

_SECRET_LIFE = timedelta(hours=1)


def reset(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Give the account a fresh password that must be changed at the next sign-in.

    The password goes into Key Vault first: if that fails, the old password still works.
    """
    account = tenant.ad.get(parameters["SamAccountName"].lower())
    refusal = refusal_of(account)
    if account is None or refusal is not None:
        return refused(refusal or "account_not_found")
    before: Json = {"passwordLastSet": graph_time(account.password_set) if account.password_set else None}
    password = passwords.generated()
    put_secret(
        tenant,
        parameters["SecretName"],
        password,
        tags={"executionId": parameters[EXECUTION_ID]},
        expires=tenant.clock() + _SECRET_LIFE,
    )
    _set(tenant, account, password)
    after: Json = {
        "passwordLastSet": graph_time(tenant.clock()),
        "mustChange": True,
        "secretName": parameters["SecretName"],
    }
    record(
        tenant,
        actor=TWIN.name,
        area="onprem",
        what="Reset password",
        target=(account.user_id, account.sam),
        before=before,
        after={"passwordLastSet": after["passwordLastSet"], "mustChange": True},
        correlation=parameters[EXECUTION_ID],
    )
    return Outcome(ok=True, changed=True, before=before, after=after, detail="password_set")


def _set(tenant: Tenant, account: AdAccount, password: str) -> None:
    account.password, account.password_set = passwords.hashed(password), tenant.clock()
    account.must_change = True
    user = tenant.users.get(account.user_id)
    if user is not None and user["onPremisesSyncEnabled"]:
        # Password hash synchronisation carries the time to Entra.
        user["lastPasswordChangeDateTime"] = graph_time(account.password_set)


TWIN = Twin(
    name="Reset-AdPassword",
    parameters={
        "SamAccountName": SAM,
        EXECUTION_ID: GUID,
        "SecretName": r"[A-Za-z0-9-]{1,127}",
        "VaultName": r"[A-Za-z0-9-]{1,24}",
    },
    before=("passwordLastSet",),
    after=("passwordLastSet", "mustChange", "secretName"),
    run=reset,
)
