"""The twin of Set-AdProfile.ps1: sets one property of an Active Directory account, or clears it."""

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

_MANAGER = "manager"
_ATTRIBUTES = "jobTitle|department|officeLocation|mobilePhone|displayName|givenName|surname|manager"


def set_profile(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Write the property; what the directory holds and what Entra shows are one here."""
    account, refusal = ordinary(tenant, parameters["SamAccountName"])
    if account is None:
        return refused(refusal)
    attribute, value = parameters["Attribute"], parameters["Value"].removeprefix("=")
    if attribute == _MANAGER and value and value.lower() not in tenant.ad:
        return refused("manager_not_found")
    before, after = {"value": _value(tenant, account, attribute)}, {"value": value}
    setting = Setting(TWIN.name, f"Set {attribute}", (account.user_id, account.sam), before, after)
    return brought_about(tenant, setting, parameters, lambda: _write(tenant, account, attribute, value))


def _value(tenant: Tenant, account: AdAccount, attribute: str) -> str:
    if attribute != _MANAGER:
        return tenant.users[account.user_id][attribute] or ""
    manager = tenant.managers.get(account.user_id)
    return next((one.sam for one in tenant.ad.values() if one.user_id == manager), "")


def _write(tenant: Tenant, account: AdAccount, attribute: str, value: str) -> None:
    if attribute != _MANAGER:
        tenant.users[account.user_id][attribute] = value or None
    elif value:
        tenant.managers[account.user_id] = tenant.ad[value.lower()].user_id
    else:
        tenant.managers.pop(account.user_id, None)


TWIN = Twin(
    name="Set-AdProfile",
    parameters={
        "SamAccountName": SAM,
        "Attribute": f"({_ATTRIBUTES})",
        "Value": r"=[^\x00-\x1f\x7f]{0,64}",
        EXECUTION_ID: GUID,
    },
    before=("value",),
    after=("value",),
    run=set_profile,
)
