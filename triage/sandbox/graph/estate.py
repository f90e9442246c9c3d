"""Graph's operations on devices, recovery keys, passes, inbox rules, reports, counts and deltas."""

from __future__ import annotations

from triage.sandbox.graph import counts, delta, devices, inbox, passes, recovery, reports
from triage.sandbox.graph.operation import Operation

_READ_USERS, _READ_GROUPS = ("User.Read.All",), ("GroupMember.Read.All",)
_DEVICES = "/deviceManagement/managedDevices"
_KEYS = "/informationProtection/bitlocker/recoveryKeys"
_PASSES = "/users/{user}/authentication/temporaryAccessPassMethods"
_RULES = "/users/{user}/mailFolders/inbox/messageRules"
_READ_DEVICES = ("DeviceManagementManagedDevices.Read.All",)
_USE_DEVICES = ("DeviceManagementManagedDevices.PrivilegedOperations.All",)
_WRITE_PASSES = ("UserAuthMethod-TAP.ReadWrite.All",)

ESTATE = (
    Operation("GET", "/users/$count", counts.count_users, _READ_USERS),
    Operation("GET", "/groups/$count", counts.count_groups, _READ_GROUPS),
    Operation("GET", "/groups/{group}/members/$count", counts.count_members, _READ_GROUPS),
    Operation("GET", "/users/delta", delta.users_delta, _READ_USERS),
    Operation("GET", "/groups/delta", delta.groups_delta, _READ_GROUPS),
    Operation("GET", "/users/{user}/managedDevices", devices.of_user, _READ_DEVICES),
    Operation("GET", _DEVICES, devices.list_devices, _READ_DEVICES),
    Operation("GET", f"{_DEVICES}/{{device}}", devices.get_device, _READ_DEVICES),
    *(
        Operation("POST", f"{_DEVICES}/{{device}}/{action}", devices.act, _USE_DEVICES)
        for action in devices.ACTIONS
    ),
    Operation("GET", _KEYS, recovery.list_keys, ("BitlockerKey.ReadBasic.All",)),
    Operation("GET", f"{_KEYS}/{{key}}", recovery.get_key, ("BitlockerKey.ReadBasic.All",)),
    Operation(
        "GET",
        "/directory/deviceLocalCredentials/{device}",
        recovery.local_credentials,
        ("DeviceLocalCredential.Read.All",),
    ),
    Operation("GET", _PASSES, passes.list_passes, ("UserAuthenticationMethod.Read.All",)),
    Operation("POST", _PASSES, passes.issue_pass, _WRITE_PASSES),
    Operation("DELETE", f"{_PASSES}/{{method}}", passes.remove_pass, _WRITE_PASSES),
    Operation("GET", _RULES, inbox.list_rules, ("MailboxSettings.Read",)),
    Operation("PATCH", f"{_RULES}/{{rule}}", inbox.update_rule, ("MailboxSettings.ReadWrite",)),
    Operation("DELETE", f"{_RULES}/{{rule}}", inbox.remove_rule, ("MailboxSettings.ReadWrite",)),
    Operation("GET", "/auditLogs/signIns", reports.sign_ins, ("AuditLog.Read.All",)),
    Operation(
        "GET",
        "/reports/authenticationMethods/userRegistrationDetails/{user}",
        reports.registration_details,
        ("AuditLog.Read.All",),
    ),
)
