"""The twin of Set-DistributionGroupMember.ps1: makes somebody a member of a list, or takes them out."""

from __future__ import annotations

from collections.abc import Mapping

from triage.sandbox.records import Group
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
from triage.sandbox.tenant import Tenant, user_by_mail


def set_member(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Set the membership; Entra shows it at once."""
    group = _list(tenant, parameters["GroupAddress"])
    if group is None:
        return refused("group_not_found")
    if group.properties["onPremisesSyncEnabled"]:
        return refused("group_synced")
    user = user_by_mail(tenant, parameters["Member"])
    if user is None:
        return refused("account_not_found")
    member = parameters["Membership"] == "member"
    before, after = {"member": user["id"] in group.members}, {"member": member}
    target = (group.properties["id"], f"{user['displayName']} in {group.properties['displayName']}")
    setting = Setting(TWIN.name, "Set list membership", target, before, after)
    write = group.members.append if member else group.members.remove
    return brought_about(tenant, setting, parameters, lambda: write(user["id"]))


def _list(tenant: Tenant, address: str) -> Group | None:
    lists = (one for one in tenant.groups.values() if one.kind == "distribution")
    return next((one for one in lists if one.properties["mail"].lower() == address.lower()), None)


TWIN = Twin(
    name="Set-DistributionGroupMember",
    parameters={
        "GroupAddress": ADDRESS,
        "Member": ADDRESS,
        "Membership": r"(member|none)",
        EXECUTION_ID: GUID,
    },
    before=("member",),
    after=("member",),
    run=set_member,
)
