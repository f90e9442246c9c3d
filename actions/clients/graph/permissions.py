"""The least application permission of every operation (graph.md), as data for doctor and manifest."""

from __future__ import annotations

from actions.clients.bearer import includes

PERMISSIONS: dict[str, str] = {
    "users.get": "User.Read.All",
    "users.find_by_address": "User.Read.All",
    "users.find_by_employee_id": "User.Read.All",
    "users.everyone": "User.Read.All",
    "users.of_department": "User.Read.All",
    "users.manager": "User.Read.All",
    "users.last_sign_in": "AuditLog.Read.All",
    "users.set_password": "User-PasswordProfile.ReadWrite.All",
    "users.set_enabled": "User.EnableDisableAccount.All",
    "users.update": "User.ReadWrite.All",
    "users.create": "User.ReadWrite.All",
    "users.delete": "User.DeleteRestore.All",
    "users.set_manager": "User.ReadWrite.All",
    "users.remove_manager": "User.ReadWrite.All",
    "users.invite": "User.Invite.All",
    "users.revoke_sessions": "User.RevokeSessions.All",
    "factors.of_user": "UserAuthenticationMethod.Read.All",
    "factors.remove_phone": "UserAuthMethod-Phone.ReadWrite.All",
    "factors.remove_app": "UserAuthMethod-MicrosoftAuthApp.ReadWrite.All",
    "factors.remove_generator": "UserAuthMethod-SoftwareOATH.ReadWrite.All",
    "factors.remove_passkey": "UserAuthMethod-Passkey.ReadWrite.All",
    "factors.remove_mail": "UserAuthMethod-Email.ReadWrite.All",
    "factors.remove_hello": "UserAuthMethod-WindowsHello.ReadWrite.All",
    "groups.get": "GroupMember.Read.All",
    "groups.named": "GroupMember.Read.All",
    "groups.with_license": "GroupMember.Read.All",
    "groups.everything": "GroupMember.Read.All",
    "groups.owners": "GroupMember.Read.All",
    "groups.members": "GroupMember.Read.All",
    "groups.of_user": "GroupMember.Read.All",
    "groups.is_member": "GroupMember.Read.All",
    "groups.add_member": "GroupMember.ReadWrite.All",
    "groups.remove_member": "GroupMember.ReadWrite.All",
    "licenses.skus": "LicenseAssignment.Read.All",
    "licenses.holders": "AuditLog.Read.All",
    "licenses.of_user": "LicenseAssignment.Read.All",
    "licenses.give": "LicenseAssignment.ReadWrite.All",
    "licenses.take": "LicenseAssignment.ReadWrite.All",
    "licenses.give_all": "LicenseAssignment.ReadWrite.All",
    "licenses.take_all": "LicenseAssignment.ReadWrite.All",
    "roles.active": "RoleManagement.Read.Directory",
    "roles.eligible": "RoleEligibilitySchedule.Read.Directory",
    "mailboxes.automatic_replies": "MailboxSettings.Read",
    "mailboxes.inbox_rules": "MailboxSettings.Read",
    "mailboxes.set_automatic_replies": "MailboxSettings.ReadWrite",
    "calendars.permissions": "Calendars.Read",
    "calendars.grant": "Calendars.ReadWrite",
    "calendars.set_role": "Calendars.ReadWrite",
    "calendars.withdraw": "Calendars.ReadWrite",
    "devices.everything": "DeviceManagementManagedDevices.Read.All",
    "devices.get": "DeviceManagementManagedDevices.Read.All",
    "devices.ask": "DeviceManagementManagedDevices.PrivilegedOperations.All",
    "devices.recovery_keys": "BitlockerKey.ReadBasic.All",
    "devices.recovery_key": "BitlockerKey.Read.All",
    "passes.of_user": "UserAuthenticationMethod.Read.All",
    "passes.issue": "UserAuthMethod-TAP.ReadWrite.All",
    "passes.delete": "UserAuthMethod-TAP.ReadWrite.All",
    "mail.send": "Mail.Send",
    "audits.since": "AuditLog.Read.All",
    "audits.of_object": "AuditLog.Read.All",
    "applications.registration": "Application.Read.All",
    "applications.add_secret": "Application.ReadWrite.OwnedBy",
    "applications.remove_secret": "Application.ReadWrite.OwnedBy",
}
"""Operation (`part.method` of `GraphClient`) to application permission; graph.md has the app-role ids."""


def least(*operations: str) -> frozenset[str]:
    """Return the fewest permissions with which all these operations work.

    A permission to write includes the one to read the same: asking for both would be one too many.
    """
    needed = frozenset(PERMISSIONS[operation] for operation in operations)
    return frozenset(one for one in needed if not includes(needed - {one}, one))
