"""People come and go in Graph: accounts created and deleted."""

from __future__ import annotations

from pydantic import Field
from starlette.responses import JSONResponse, Response

from triage.sandbox import passwords
from triage.sandbox.bodies import Body, parsed
from triage.sandbox.factors import first_methods
from triage.sandbox.founding import graph_time
from triage.sandbox.graph.calls import Call, changed, no_content, user_of
from triage.sandbox.graph.errors import bad_request, denied
from triage.sandbox.graph.pages import projected
from triage.sandbox.graph.profile import PasswordProfile
from triage.sandbox.graph.roles import is_protected
from triage.sandbox.graph.shapes import USER
from triage.sandbox.outlook import first_permissions, first_settings
from triage.sandbox.records import Json
from triage.sandbox.tenant import new_id, user_by_key, user_by_mail


class _NewUser(Body):
    account_enabled: bool
    display_name: str = Field(min_length=1)
    mail_nickname: str = Field(min_length=1, pattern=r"^[^\s@]+$")
    user_principal_name: str
    password_profile: PasswordProfile
    given_name: str | None = None
    surname: str | None = None
    job_title: str | None = None
    department: str | None = None
    office_location: str | None = None
    company_name: str | None = None
    employee_id: str | None = Field(default=None, max_length=16)
    usage_location: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    mobile_phone: str | None = None


class _Invitation(Body):
    invited_user_email_address: str = Field(pattern=r"^[^\s@]+@[^\s@]+$")
    invite_redirect_url: str
    send_invitation_message: bool = False
    invited_user_display_name: str | None = None


def create_user(call: Call) -> Response:
    """POST /users: a name that is taken or of a foreign domain, or a weak password, is a 400."""
    asked = parsed(_NewUser, call.body)
    _check_name(call, asked.user_principal_name)
    password = asked.password_profile.password or ""
    if passwords.weakness(password, asked.given_name or "", asked.surname or "", asked.mail_nickname):
        raise bad_request(
            "The specified password does not comply with password complexity requirements."
            " Please provide a different password."
        )
    user = new_account(call, asked.model_dump(by_alias=True, exclude={"password_profile"}))
    call.tenant.passwords[user["id"]] = passwords.hashed(password)
    changed(call, "Add user", user, {}, {"userPrincipalName": user["userPrincipalName"]})
    context = {"@odata.context": f"{call.root}/$metadata#users/$entity"}
    return JSONResponse(context | projected(call, user, USER), 201)


def invite(call: Call) -> Response:
    """POST /invitations: a new guest, or the one who was invited before."""
    asked = parsed(_Invitation, call.body)
    mail = asked.invited_user_email_address
    name, domain = mail.split("@")
    if domain.casefold() == call.tenant.domain.casefold():
        raise bad_request("The invited user already exists in the directory as a member.")
    guest = user_by_mail(call.tenant, mail) or new_account(
        call,
        {
            "accountEnabled": True,
            "displayName": asked.invited_user_display_name or name,
            "mail": mail,
            "mailNickname": f"{name}_{domain}#EXT#",
            "userPrincipalName": f"{name}_{domain}#EXT#@{call.tenant.domain}",
            "userType": "Guest",
        },
    )
    changed(call, "Invite external user", guest, {}, {"mail": mail})
    body = {
        "id": new_id(call.tenant, "invitation"),
        "inviteRedeemUrl": f"https://login.sandbox.invalid/redeem?user={guest['id']}",
        "invitedUserEmailAddress": mail,
        "sendInvitationMessage": asked.send_invitation_message,
        "status": "PendingAcceptance",
        "invitedUser": {"id": guest["id"]},
    }
    return JSONResponse({"@odata.context": f"{call.root}/$metadata#invitations/$entity"} | body, 201)


def delete_user(call: Call) -> Response:
    """DELETE /users/{id}: gone with manager and memberships; an administrator is out of an app's reach."""
    user = user_of(call, call.tenant)
    if is_protected(call.tenant, user["id"]):
        raise denied()
    del call.tenant.users[user["id"]]
    call.tenant.managers.pop(user["id"], None)
    for group in call.tenant.groups.values():
        group.members = [member for member in group.members if member != user["id"]]
    changed(call, "Delete user", user, {"userPrincipalName": user["userPrincipalName"]}, {})
    return no_content()


def new_account(call: Call, properties: Json) -> Json:
    """Add an account with these properties to the tenant and return it; all else stands at its beginning."""
    now = call.tenant.clock()
    user_id, moment = new_id(call.tenant, "user"), graph_time(now)
    empty = dict.fromkeys((*USER.properties, "mailboxSettings", "calendarPermissions"))
    lists = ("businessPhones", "otherMails", "proxyAddresses", "assignedLicenses", "assignedPlans")
    begun = ("createdDateTime", "lastPasswordChangeDateTime", "signInSessionsValidFromDateTime")
    user: Json = empty | {
        "userType": "Member",
        "mailboxSettings": first_settings(now),
        "calendarPermissions": first_permissions(user_id),
        "licenseAssignmentStates": [],
        **{name: [] for name in lists},
        **dict.fromkeys(begun, moment),
        **properties,
        "id": user_id,
    }
    user["authenticationMethods"] = first_methods(user | {"userType": "Guest"})
    call.tenant.users[user_id] = user
    return user


def _check_name(call: Call, name: str) -> None:
    if name.rpartition("@")[2].casefold() != call.tenant.domain.casefold():
        raise bad_request("The domain portion of the userPrincipalName property is invalid.")
    if user_by_key(call.tenant, name) is not None:
        raise bad_request(
            "Another object with the same value for property userPrincipalName already exists.",
            details=[{"code": "ObjectConflict", "target": "userPrincipalName", "message": "taken"}],
        )
