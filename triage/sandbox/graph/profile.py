"""Changes people in Graph: properties, password, sign-in sessions, manager, and who may not be changed."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from triage.sandbox import passwords
from triage.sandbox.founding import graph_time
from triage.sandbox.graph.calls import Call, allows, changed, entity, no_content, user_of
from triage.sandbox.graph.errors import bad_request, denied, not_found, on_premises_mastered
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
_WRITABLE = {
    *_NEEDS,
    *("displayName", "givenName", "surname", "jobTitle", "department", "officeLocation", "companyName"),
    *("employeeId", "usageLocation", "preferredLanguage", "userPrincipalName", "mailNickname"),
}
# An administrator's are out of reach for an app without an admin role (contract, section 4.1).
_SENSITIVE = {
    *(
        "accountEnabled",
        "businessPhones",
        "mobilePhone",
        "otherMails",
        "passwordProfile",
        "userPrincipalName",
    ),
}
# What stays Entra's own for people who are mastered on-premises.
_CLOUD_OWNED = {"usageLocation", "otherMails"}
_PASSWORD_FIELDS = {"password", "forceChangePasswordNextSignIn", "forceChangePasswordNextSignInWithMfa"}


def update_user(call: Call) -> Response:
    """PATCH /users/{id}: all named properties or none; synced and protected people are refused."""
    user = user_of(call, call.tenant)
    values = {name: value for name, value in call.body.items() if not name.startswith("@odata.")}
    _check_update(call, user, values)
    password = values.pop("passwordProfile", None)
    if password is not None:
        _set_password(call, user, password)
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
    reference = str(call.body.get("@odata.id", ""))
    manager = user_by_key(call.tenant, reference.rstrip("/").rsplit("/", 1)[-1])
    if manager is None:
        raise not_found(reference)
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


def _check_update(call: Call, user: Json, values: Json) -> None:
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
    for name, value in values.items():
        _check_type(user, name, value)


def _check_cloud_mastered(user: Json, names: set[str]) -> None:
    if names and user["onPremisesSyncEnabled"]:
        raise on_premises_mastered()


def _check_type(user: Json, name: str, value: Any) -> None:
    wanted: Any = {
        "passwordProfile": dict,
        "accountEnabled": bool,
        "businessPhones": list,
        "otherMails": list,
    }.get(name, (str, type(None)))
    if not isinstance(value, wanted):
        raise bad_request(f"Invalid value specified for property '{name}' of resource 'User'.")
    if name == "passwordProfile":
        _check_password(user, value)


def _check_password(user: Json, profile: Json) -> None:
    if set(profile) - _PASSWORD_FIELDS - {"@odata.type"}:
        raise bad_request("Invalid property in 'passwordProfile'.")
    names = [user[name] or "" for name in ("givenName", "surname", "mailNickname")]
    if "password" in profile and passwords.weakness(str(profile["password"]), *names) is not None:
        raise bad_request(
            "The specified password does not comply with password complexity requirements."
            " Please provide a different password."
        )


def _set_password(call: Call, user: Json, profile: Json) -> None:
    field, before = "lastPasswordChangeDateTime", user["lastPasswordChangeDateTime"]
    flags = {name: bool(profile.get(name)) for name in sorted(_PASSWORD_FIELDS - {"password"})}
    user["passwordProfile"] = {"password": None} | flags
    if "password" in profile:
        call.tenant.passwords[user["id"]] = passwords.hashed(str(profile["password"]))
        user[field] = graph_time(call.tenant.clock())
    changed(call, "Reset user password", user, {field: before}, {field: user[field]} | flags)
