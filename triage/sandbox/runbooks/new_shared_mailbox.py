"""The twin of New-SharedMailbox.ps1: creates a shared mailbox and lets one person use it."""

from __future__ import annotations

from collections.abc import Mapping

from triage.sandbox.records import Mailbox
from triage.sandbox.runbooks.contract import ADDRESS, EXECUTION_ID, GUID, Outcome, Twin, refused
from triage.sandbox.tenant import Tenant, record, user_by_mail


def create(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Create the mailbox at an address that nobody has."""
    address, name = parameters["Address"], parameters["DisplayName"].removeprefix("=")
    if address.lower() in tenant.exchange or user_by_mail(tenant, address) is not None:
        return refused("address_taken")
    if user_by_mail(tenant, parameters["Trustee"]) is None:
        return refused("trustee_not_found")
    who = parameters["Trustee"].lower()
    rights = {"FullAccess": {who}, "SendAs": {who}}
    tenant.exchange[address.lower()] = Mailbox(address, name, "Shared", "cloud", rights=rights)
    tenant.mailboxes[address] = name
    before, after = {"exists": False}, {"exists": True}
    record(
        tenant,
        actor=TWIN.name,
        area="onprem",
        what="New-Mailbox",
        target=(address, name),
        before=before,
        after=after,
        correlation=parameters[EXECUTION_ID],
    )
    return Outcome(ok=True, changed=True, before=before, after=after, detail="created")


TWIN = Twin(
    name="New-SharedMailbox",
    parameters={
        "Address": ADDRESS,
        "DisplayName": r"=[^\x00-\x1f\x7f]{1,64}",
        "Trustee": ADDRESS,
        EXECUTION_ID: GUID,
    },
    before=("exists",),
    after=("exists",),
    run=create,
)
