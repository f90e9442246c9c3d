"""Every operation of this Graph: method, path, what answers it, and the application permissions it needs."""

from __future__ import annotations

from triage.sandbox.graph import (
    applications,
    audits,
    calendars,
    factors,
    groups,
    licences,
    lifecycle,
    mail,
    mailboxes,
    members,
    people,
    profile,
    roles,
)
from triage.sandbox.graph.estate import ESTATE
from triage.sandbox.graph.operation import Operation

_FACTORS = "/users/{user}/authentication"
_SHARING = "/users/{user}/calendar/calendarPermissions"
_CAST = "/transitiveMemberOf/microsoft.graph"


OPERATIONS: tuple[Operation, ...] = (
    # First, because of `/users/delta` and `/users/$count`, which `/users/{user}` would catch.
    *ESTATE,
    Operation("GET", "/users", people.list_users, ("User.Read.All",)),
    Operation("POST", "/users", lifecycle.create_user, ("User.ReadWrite.All",)),
    Operation("POST", "/invitations", lifecycle.invite, ("User.Invite.All",)),
    Operation("DELETE", "/users/{user}", lifecycle.delete_user, ("User.DeleteRestore.All",)),
    Operation("GET", "/users/{user}", people.get_user, ("User.Read.All",)),
    Operation("PATCH", "/users/{user}", profile.update_user),
    Operation("GET", "/users/{user}/manager", people.get_manager, ("User.Read.All",)),
    Operation("PUT", "/users/{user}/manager/$ref", profile.set_manager, ("User.ReadWrite.All",)),
    Operation("DELETE", "/users/{user}/manager/$ref", profile.remove_manager, ("User.ReadWrite.All",)),
    Operation("GET", "/users/{user}/transitiveMemberOf", people.member_of, ("User.Read.All",)),
    Operation("GET", f"/users/{{user}}{_CAST}.group", people.member_groups, ("User.Read.All",)),
    Operation("GET", f"/users/{{user}}{_CAST}.directoryRole", people.member_roles, ("User.Read.All",)),
    Operation(
        "POST",
        "/users/{user}/checkMemberGroups",
        people.check_member_groups,
        ("User.Read.All", "GroupMember.Read.All"),
    ),
    Operation(
        "GET", "/users/{user}/licenseDetails", licences.licence_details, ("LicenseAssignment.Read.All",)
    ),
    Operation(
        "POST", "/users/{user}/assignLicense", licences.assign_licence, ("LicenseAssignment.ReadWrite.All",)
    ),
    Operation(
        "POST", "/users/{user}/revokeSignInSessions", profile.revoke_sessions, ("User.RevokeSessions.All",)
    ),
    Operation("POST", "/users/{user}/sendMail", mail.send_mail, ("Mail.Send",)),
    Operation("GET", "/users/{user}/mailboxSettings", mailboxes.get_settings, ("MailboxSettings.Read",)),
    Operation(
        "PATCH", "/users/{user}/mailboxSettings", mailboxes.update_settings, ("MailboxSettings.ReadWrite",)
    ),
    Operation("GET", f"{_FACTORS}/methods", factors.list_methods, ("UserAuthenticationMethod.Read.All",)),
    *(
        Operation("DELETE", f"{_FACTORS}/{collection}/{{method}}", factors.remove_method, (permission,))
        for collection, permission in factors.REMOVED_BY.items()
    ),
    Operation("GET", _SHARING, calendars.list_permissions, ("Calendars.Read",)),
    Operation("POST", _SHARING, calendars.add_permission, ("Calendars.ReadWrite",)),
    Operation("PATCH", f"{_SHARING}/{{permission}}", calendars.update_permission, ("Calendars.ReadWrite",)),
    Operation("DELETE", f"{_SHARING}/{{permission}}", calendars.remove_permission, ("Calendars.ReadWrite",)),
    Operation("GET", "/subscribedSkus", licences.subscribed_skus, ("LicenseAssignment.Read.All",)),
    Operation("GET", "/groups", groups.list_groups, ("GroupMember.Read.All",)),
    Operation("GET", "/groups/{group}", groups.get_group, ("GroupMember.Read.All",)),
    Operation("PATCH", "/groups/{group}", members.add_members, ("GroupMember.ReadWrite.All",)),
    Operation("GET", "/groups/{group}/members", groups.list_members, ("GroupMember.Read.All",)),
    Operation("GET", "/groups/{group}/owners", groups.list_owners, ("GroupMember.Read.All",)),
    Operation(
        "GET",
        "/groups/{group}/members/microsoft.graph.user",
        groups.list_people_in,
        ("GroupMember.Read.All",),
    ),
    Operation(
        "GET",
        "/groups/{group}/owners/microsoft.graph.user",
        groups.list_people_owning,
        ("GroupMember.Read.All",),
    ),
    Operation("POST", "/groups/{group}/members/$ref", members.add_member, ("GroupMember.ReadWrite.All",)),
    Operation("GET", "/groups/{group}/members/{member}", groups.get_member, ("GroupMember.Read.All",)),
    Operation(
        "DELETE",
        "/groups/{group}/members/{member}/$ref",
        members.remove_member,
        ("GroupMember.ReadWrite.All",),
    ),
    Operation(
        "GET",
        "/roleManagement/directory/roleAssignments",
        roles.role_assignments,
        ("RoleManagement.Read.Directory",),
    ),
    Operation(
        "GET",
        "/roleManagement/directory/roleEligibilityScheduleInstances",
        roles.eligible_roles,
        ("RoleEligibilitySchedule.Read.Directory",),
    ),
    Operation("GET", "/applications(appId='{app}')", applications.get_application, ("Application.Read.All",)),
    *(
        Operation(
            "POST", f"/applications/{{application}}/{name}", handler, ("Application.ReadWrite.OwnedBy",)
        )
        for name, handler in (
            ("addPassword", applications.add_password),
            ("removePassword", applications.remove_password),
        )
    ),
    Operation("GET", "/auditLogs/directoryAudits", audits.directory_audits, ("AuditLog.Read.All",)),
)
