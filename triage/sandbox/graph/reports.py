"""Reports in Graph: sign-ins as far as the company remembers them, and who has registered a second factor."""

from __future__ import annotations

from starlette.responses import Response

from triage.sandbox.factors import PASSWORD_METHOD
from triage.sandbox.graph.calls import Call, entity, user_of
from triage.sandbox.graph.pages import Kind, collection, projected
from triage.sandbox.records import Json
from triage.sandbox.tenant import roles_of

_SIGN_IN_NAMES = (
    *("id", "createdDateTime", "userId", "userDisplayName", "userPrincipalName", "appDisplayName"),
    *("ipAddress", "clientAppUsed", "conditionalAccessStatus", "isInteractive", "riskState", "status"),
    *("location", "deviceDetail"),
)
_SIGN_IN = Kind("auditLogs/signIns", frozenset(_SIGN_IN_NAMES), _SIGN_IN_NAMES, largest_page=1000)
_DETAIL_NAMES = (
    *("id", "userPrincipalName", "userDisplayName", "isAdmin", "isMfaRegistered", "isMfaCapable"),
    *("isPasswordlessCapable", "isSsprRegistered", "methodsRegistered", "userType"),
)
_DETAIL = Kind(
    "reports/authenticationMethods/userRegistrationDetails", frozenset(_DETAIL_NAMES), _DETAIL_NAMES
)
_WORDS = {
    "phone": "mobilePhone",
    "microsoftAuthenticator": "microsoftAuthenticatorPush",
    "softwareOath": "softwareOneTimePasscode",
    "fido2": "fido2SecurityKey",
    "email": "email",
    "windowsHelloForBusiness": "windowsHelloForBusiness",
    "temporaryAccessPass": "temporaryAccessPass",
}
_PASSWORDLESS = {"fido2", "windowsHelloForBusiness"}


def sign_ins(call: Call) -> Response:
    """GET /auditLogs/signIns: the last sign-in of each person, newest first."""
    known = [_sign_in(user) for user in call.seen.users.values() if user["signInActivity"]]
    known.sort(key=lambda one: str(one["createdDateTime"]), reverse=True)
    return collection(call, known, _SIGN_IN)


def registration_details(call: Call) -> Response:
    """GET …/userRegistrationDetails/{id}: which kinds of method a person has registered."""
    user = user_of(call, call.seen)
    kinds = [
        one["@odata.type"].removeprefix("#microsoft.graph.").removesuffix("AuthenticationMethod")
        for one in user["authenticationMethods"]
        if one["id"] != PASSWORD_METHOD
    ]
    lasting = [kind for kind in kinds if kind not in {"email", "temporaryAccessPass"}]
    detail: Json = {
        "id": user["id"],
        "userPrincipalName": user["userPrincipalName"],
        "userDisplayName": user["displayName"],
        "isAdmin": bool(roles_of(call.seen, user["id"])),
        "isMfaRegistered": bool(lasting),
        "isMfaCapable": bool(lasting),
        "isPasswordlessCapable": bool(_PASSWORDLESS & set(kinds)),
        "isSsprRegistered": bool(kinds),
        "methodsRegistered": [_WORDS[kind] for kind in kinds if kind in _WORDS],
        "userType": user["userType"].lower(),
    }
    return entity(call, f"{_DETAIL.context}/$entity", projected(call, detail, _DETAIL))


def _sign_in(user: Json) -> Json:
    activity = user["signInActivity"]
    return {
        "id": activity["lastSignInRequestId"],
        "createdDateTime": activity["lastSignInDateTime"],
        "userId": user["id"],
        "userDisplayName": user["displayName"],
        "userPrincipalName": user["userPrincipalName"],
        "appDisplayName": "Office 365 Exchange Online",
        "ipAddress": "192.0.2.44",
        "clientAppUsed": "Browser",
        "conditionalAccessStatus": "success",
        "isInteractive": True,
        "riskState": "none",
        "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
        "location": {"city": user["officeLocation"], "state": None, "countryOrRegion": user["usageLocation"]},
        "deviceDetail": {"deviceId": "", "displayName": None, "operatingSystem": "Windows"},
    }
