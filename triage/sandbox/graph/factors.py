"""Sign-in methods in Graph: listed, and removed one by one, the default one last."""

from __future__ import annotations

from starlette.responses import Response

from triage.sandbox.factors import PASSWORD_METHOD
from triage.sandbox.graph.calls import Call, changed, no_content, user_of
from triage.sandbox.graph.errors import bad_request, denied, not_found
from triage.sandbox.graph.pages import Kind, collection
from triage.sandbox.graph.roles import is_protected

_NAMES = ("id", "displayName", "createdDateTime")
_KIND = Kind("users/authentication/methods", frozenset(_NAMES), ("id", "createdDateTime"))
REMOVED_BY = {
    "phoneMethods": "UserAuthMethod-Phone.ReadWrite.All",
    "microsoftAuthenticatorMethods": "UserAuthMethod-MicrosoftAuthApp.ReadWrite.All",
    "softwareOathMethods": "UserAuthMethod-SoftwareOATH.ReadWrite.All",
    "fido2Methods": "UserAuthMethod-Passkey.ReadWrite.All",
    "emailMethods": "UserAuthMethod-Email.ReadWrite.All",
    "windowsHelloForBusinessMethods": "UserAuthMethod-WindowsHello.ReadWrite.All",
}
"""The permission that removes a method, by its collection (contracts, Graph section 4.2)."""


def list_methods(call: Call) -> Response:
    """GET /users/{id}/authentication/methods, the password among them."""
    return collection(call, user_of(call, call.tenant)["authenticationMethods"], _KIND)


def remove_method(call: Call) -> Response:
    """DELETE /users/{id}/authentication/{collection}/{method}; administrators are out of reach."""
    user, wanted = user_of(call, call.tenant), call.keys["method"]
    if is_protected(call.tenant, user["id"]):
        raise denied()
    kind = f"#microsoft.graph.{call.path.split('/')[-2].removesuffix('Methods')}AuthenticationMethod"
    held = user["authenticationMethods"]
    method = next((one for one in held if one["id"] == wanted and one["@odata.type"] == kind), None)
    if method is None:
        raise not_found(wanted)
    others = [one for one in held if one is not method]
    rest = [one for one in others if one["id"] != PASSWORD_METHOD]
    if rest and held.index(method) < held.index(rest[0]):
        raise bad_request("The default method can only be deleted after all the others.")
    user["authenticationMethods"] = others
    changed(call, "Admin deleted security info", user, {"method": kind}, {"method": None})
    return no_content()
