"""The twin of Set-MailboxType.ps1: makes a person's mailbox a shared one, or a person's again."""

from __future__ import annotations

from collections.abc import Mapping

from triage.sandbox.runbooks.contract import (
    ADDRESS,
    EXECUTION_ID,
    GUID,
    Outcome,
    Setting,
    Twin,
    brought_about,
    refused,
)
from triage.sandbox.tenant import Tenant


def set_type(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Set the type; a mailbox that lives on-premises is none of Exchange Online's."""
    mailbox = tenant.exchange.get(parameters["Mailbox"].lower())
    if mailbox is None or mailbox.location != "cloud":
        return refused("mailbox_not_found")
    wanted = parameters["Type"]
    if wanted == "Shared" and mailbox.needs_license:
        return refused("mailbox_needs_license")
    before, after = {"type": mailbox.type}, {"type": wanted}
    setting = Setting(TWIN.name, "Set-Mailbox", (mailbox.address, mailbox.display_name), before, after)
    return brought_about(tenant, setting, parameters, lambda: setattr(mailbox, "type", wanted))


TWIN = Twin(
    name="Set-MailboxType",
    parameters={"Mailbox": ADDRESS, "Type": r"(Shared|Regular)", EXECUTION_ID: GUID},
    before=("type",),
    after=("type",),
    run=set_type,
)
