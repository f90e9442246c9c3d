"""The twin of Set-AdAccountState.ps1: disables an Active Directory account, or enables it again."""

from __future__ import annotations

from collections.abc import Mapping

from triage.sandbox.records import AdAccount
from triage.sandbox.runbooks.contract import (
    EXECUTION_ID,
    GUID,
    SAM,
    Outcome,
    Setting,
    Twin,
    brought_about,
    ordinary,
    refused,
)
from triage.sandbox.tenant import Tenant


def set_state(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Set whether the account may sign in; synchronisation carries it to Entra at once."""
    account, refusal = ordinary(tenant, parameters["SamAccountName"])
    if account is None:
        return refused(refusal)
    enabled = parameters["State"] == "enabled"
    before, after = {"enabled": account.enabled}, {"enabled": enabled}
    setting = Setting(TWIN.name, "Set account state", (account.user_id, account.sam), before, after)
    return brought_about(tenant, setting, parameters, lambda: _write(tenant, account, enabled=enabled))


def _write(tenant: Tenant, account: AdAccount, *, enabled: bool) -> None:
    account.enabled = enabled
    user = tenant.users.get(account.user_id)
    if user is not None and user["onPremisesSyncEnabled"]:
        user["accountEnabled"] = enabled


TWIN = Twin(
    name="Set-AdAccountState",
    parameters={"SamAccountName": SAM, "State": r"(enabled|disabled)", EXECUTION_ID: GUID},
    before=("enabled",),
    after=("enabled",),
    run=set_state,
)
