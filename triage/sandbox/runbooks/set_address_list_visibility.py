"""The twins of Set-AddressListVisibility.ps1 and Set-AdAddressListVisibility.ps1: hidden or shown."""

from __future__ import annotations

from collections.abc import Mapping

from triage.sandbox.records import Mailbox
from triage.sandbox.runbooks.contract import (
    ADDRESS,
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

_VISIBILITY = r"(hidden|shown)"


def set_visibility(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Hide or show a mailbox of Exchange Online."""
    mailbox = tenant.exchange.get(parameters["Mailbox"].lower())
    if mailbox is None or mailbox.location != "cloud":
        return refused("mailbox_not_found")
    return _set(tenant, TWIN.name, mailbox, parameters)


def set_ad_visibility(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Hide or show a mailbox by its owner's account in Active Directory."""
    account, refusal = ordinary(tenant, parameters["SamAccountName"])
    if account is None:
        return refused(refusal)
    address = tenant.users[account.user_id]["mail"] or ""
    return _set(tenant, AD_TWIN.name, tenant.exchange[address.lower()], parameters)


def _set(tenant: Tenant, runbook: str, mailbox: Mailbox, parameters: Mapping[str, str]) -> Outcome:
    hidden = parameters["Visibility"] == "hidden"
    before, after = {"hidden": mailbox.hidden}, {"hidden": hidden}
    setting = Setting(
        runbook, "Set address list visibility", (mailbox.address, mailbox.display_name), before, after
    )
    return brought_about(tenant, setting, parameters, lambda: setattr(mailbox, "hidden", hidden))


TWIN = Twin(
    name="Set-AddressListVisibility",
    parameters={"Mailbox": ADDRESS, "Visibility": _VISIBILITY, EXECUTION_ID: GUID},
    before=("hidden",),
    after=("hidden",),
    run=set_visibility,
)
AD_TWIN = Twin(
    name="Set-AdAddressListVisibility",
    parameters={"SamAccountName": SAM, "Visibility": _VISIBILITY, EXECUTION_ID: GUID},
    before=("hidden",),
    after=("hidden",),
    run=set_ad_visibility,
)
