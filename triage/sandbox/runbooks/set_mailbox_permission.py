"""The twins of Set-MailboxPermission.ps1 and Set-OnPremMailboxPermission.ps1: access to a mailbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from triage.sandbox.records import Mailbox
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

_ONE = r"(FullAccess|SendAs|SendOnBehalf)"


def set_permission(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Give or take access to a mailbox of Exchange Online."""
    return _set(tenant, parameters, TWIN.name, "cloud")


def set_onprem_permission(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Give or take access to a mailbox of the servers on-premises."""
    return _set(tenant, parameters, ONPREM_TWIN.name, "onprem")


def _set(tenant: Tenant, parameters: Mapping[str, str], runbook: str, location: str) -> Outcome:
    mailbox = tenant.exchange.get(parameters["Mailbox"].lower())
    if mailbox is None or mailbox.location != location:
        return refused("mailbox_not_found")
    if user_by_mail(tenant, parameters["Trustee"]) is None:
        return refused("trustee_not_found")
    who, asked = parameters["Trustee"].lower(), parameters["Permission"].split(",")
    given = parameters["State"] == "granted"
    before = {"held": ",".join(one for one in asked if who in mailbox.rights.get(one, ()))}
    after = {"held": ",".join(asked) if given else ""}
    target = (mailbox.address, f"{who} in {mailbox.display_name}")
    setting = Setting(runbook, "Set mailbox permission", target, before, after)
    return brought_about(tenant, setting, parameters, lambda: _write(mailbox, who, asked, given=given))


def _write(mailbox: Mailbox, who: str, asked: list[str], *, given: bool) -> None:
    for one in asked:
        holders = mailbox.rights.setdefault(one, set())
        holders.add(who) if given else holders.discard(who)


def _twin(name: str, run: Callable[[Tenant, Mapping[str, str]], Outcome]) -> Twin:
    return Twin(
        name=name,
        parameters={
            "Mailbox": ADDRESS,
            "Trustee": ADDRESS,
            "Permission": f"{_ONE}(,{_ONE}){{0,2}}",
            "State": r"(granted|revoked)",
            EXECUTION_ID: GUID,
        },
        before=("held",),
        after=("held",),
        run=run,
    )


TWIN = _twin("Set-MailboxPermission", set_permission)
ONPREM_TWIN = _twin("Set-OnPremMailboxPermission", set_onprem_permission)
