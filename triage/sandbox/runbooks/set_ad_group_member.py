"""The twin of Set-AdGroupMember.ps1: makes an account a member of a group, or takes it out."""

from __future__ import annotations

from collections.abc import Mapping

from triage.sandbox.records import Group
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


def set_member(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Set the membership; synchronisation carries it to Entra at once."""
    group = _group(tenant, parameters["GroupSid"])
    if group is None:
        return refused("group_not_found")
    if "domain-admins" in group.properties["displayName"].casefold():
        return refused("group_protected")
    account, refusal = ordinary(tenant, parameters["SamAccountName"])
    if account is None:
        return refused(refusal)
    member = parameters["Membership"] == "member"
    before, after = {"member": account.user_id in group.members}, {"member": member}
    target = (group.properties["id"], f"{account.sam} in {group.properties['displayName']}")
    setting = Setting(TWIN.name, "Set group membership", target, before, after)
    write = group.members.append if member else group.members.remove
    return brought_about(tenant, setting, parameters, lambda: write(account.user_id))


def _group(tenant: Tenant, sid: str) -> Group | None:
    groups = (one for one in tenant.groups.values() if one.properties["onPremisesSyncEnabled"])
    return next((one for one in groups if one.properties["onPremisesSecurityIdentifier"] == sid), None)


TWIN = Twin(
    name="Set-AdGroupMember",
    parameters={
        "GroupSid": r"S-1-5-21(-[0-9]{1,10}){4}",
        "SamAccountName": SAM,
        "Membership": r"(member|none)",
        EXECUTION_ID: GUID,
    },
    before=("member",),
    after=("member",),
    run=set_member,
)
