"""Changes people in Graph: properties, password, sign-in sessions, manager, and who may not be changed."""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

from triage.sandbox import passwords
from triage.sandbox.bodies import Body, parsed
from triage.sandbox.founding import graph_time
from triage.sandbox.graph.calls import Call, allows, changed, entity, no_content, user_of
from triage.sandbox.graph.errors import bad_request, denied, not_found, on_premises_mastered
from triage.sandbox.graph.members import Reference
from triage.sandbox.graph.roles import is_protected
from triage.sandbox.records import Json
from triage.sandbox.tenant import user_by_key

# Which permissions a property needs (PJ of the contract); every other one needs User.ReadWrite.All.
_NEEDS = {
    "passwordProfile": ("User-PasswordProfile.ReadWrite.All",),
    "accountEnabled": ("User.EnableDisableAccount.All", "User.Read.All"),
    "mobilePhone": ("User-Phone.ReadWrite.All",),
    "businessPhones": ("User-Phone.ReadWrite.All",),
    "otherMails": ("User-Mail.ReadWrite.All",),
}
# An administrator's are out of reach for an app without an admin role (contract, section 4.1).
_SENSITIVE = {*_NEEDS, "userPrincipalName"}
# What stays Entra's own for people who are mastered on-premises.
_CLOUD_OWNED = {"usageLocation", "otherMails"}


class PasswordProfile(Body):
    """A password to set, and whether it must be changed at the next sign-in."""

    password: str | None = None
    force_change_password_next_sign_in: bool | None = None
    force_change_password_next_sign_in_with_mfa: bool | None = None


class _Update(Body):
    """What may be changed; text can be cleared by null, the rest cannot."""

    password_profile: PasswordProfile | None = None
    account_enabled: bool = True
    business_phones: list[str] = Field(default_factory=list)
    other_mails: list[str] = Field(default_factory=list)
    display_name: str = ""
    user_principal_name: str = ""
    mail_nickname: str = ""
    given_name: str | None = None
    surname: str | None = None
    job_title: str | None = None
    department: str | None = None
    office_location: str | None = None
    company_name: str | None = None
    employee_id: str | None = Field(default=None, max_length=16)
    usage_location: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    preferred_language: str | None = None
    mobile_phone: str | None = None


_WRITABLE = {str(field.alias) for field in _Update.model_fields.values()}


def update_user(call: Call) -> Response:
    """PATCH /users/{id}: all named properties or none; synced and protected people are refused."""
    user = user_of(call, call.tenant)
    values = {name: value for name, value in call.body.items() if not name.startswith("@odata.")}
    profile = _check_update(call, user, values)
    values.pop("passwordProfile", None)
    if profile is not None:
        _set_password(call, user, profile)
    before = {name: user[name] for name in values}
    user.update(values)
    if values:
        changed(call, "Update user", user, before, values)
    return no_content()


def revoke_sessions(call: Call) -> Response:
    """POST /users/{id}/revokeSignInSessions: sessions begun before now are no longer valid."""
    user = user_of(call, call.tenant)
    field, now = "signInSessionsValidFromDateTime", graph_time(call.tenant.clock())
    before = {field: user[field]}
    user[field] = now
    changed(call, "Update StsRefreshTokenValidFrom Timestamp", user, before, {field: now})
    return entity(call, "Edm.Boolean", {"value": True})


def set_manager(call: Call) -> Response:
    """PUT /users/{id}/manager/$ref; the same again changes nothing."""
    user = user_of(call, call.tenant)
    key = parsed(Reference, call.body).url.rstrip("/").rpartition("/")[2]
    manager = user_by_key(call.tenant, key)
    if manager is None:
        raise not_found(key)
    _check_cloud_mastered(user, {"manager"})
    before = call.tenant.managers.get(user["id"])
    call.tenant.managers[user["id"]] = manager["id"]
    changed(call, "Set user manager", user, {"manager": before}, {"manager": manager["id"]})
    return no_content()


def remove_manager(call: Call) -> Response:
    """DELETE /users/{id}/manager/$ref; nobody above is a 404."""
    user = user_of(call, call.tenant)
    _check_cloud_mastered(user, {"manager"})
    before = call.tenant.managers.pop(user["id"], None)
    if before is None:
        raise not_found("manager")
    changed(call, "Remove user manager", user, {"manager": before}, {"manager": None})
    return no_content()


def _check_update(call: Call, user: Json, values: Json) -> PasswordProfile | None:
    """Check everything before anything changes; return the password to set, if one is asked for."""
    unknown = set(values) - _WRITABLE
    if unknown:
        raise bad_request(f"Property '{min(unknown)}' is read-only or does not exist on type 'user'.")
    if not values:
        raise bad_request("The request body names no property to change.")
    needed = [_NEEDS.get(name, ("User.ReadWrite.All",)) for name in values]
    if not all(allows(call.roles, names) for names in needed):
        raise denied()
    if user["isManagementRestricted"] or (_SENSITIVE & set(values) and is_protected(call.tenant, user["id"])):
        raise denied()
    _check_cloud_mastered(user, set(values) - _CLOUD_OWNED)
    profile = parsed(_Update, values).password_profile
    if profile is not None:
        _check_password(user, profile)
    return profile


def _check_cloud_mastered(user: Json, names: set[str]) -> None:
    if names and user["onPremisesSyncEnabled"]:
        raise on_premises_mastered()


def _check_password(user: Json, profile: PasswordProfile) -> None:
    names = [user[name] or "" for name in ("givenName", "surname", "mailNickname")]
    if profile.password is not None and passwords.weakness(profile.password, *names) is not None:
        raise bad_request(
            "The specified password does not comply with password complexity requirements."
            " Please provide a different password."
        )


def _set_password(call: Call, user: Json, profile: PasswordProfile) -> None:
    field, before = "lastPasswordChangeDateTime", user["lastPasswordChangeDateTime"]
    flags = {
        "forceChangePasswordNextSignIn": bool(profile.force_change_password_next_sign_in),
        "forceChangePasswordNextSignInWithMfa": bool(profile.force_change_password_next_sign_in_with_mfa),
    }
    user["passwordProfile"] = {"password": None} | flags
    if profile.password is not None:
        call.tenant.passwords[user["id"]] = passwords.hashed(profile.password)
        user[field] = graph_time(call.tenant.clock())
    changed(call, "Reset user password", user, {field: before}, {field: user[field]} | flags)
