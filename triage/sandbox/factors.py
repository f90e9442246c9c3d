"""The sign-in methods people start with: a phone and an app, and every kind for those who lead."""

from __future__ import annotations

from triage.sandbox.records import Json
from triage.sandbox.tenant import stable_id

PASSWORD_METHOD = "28c10230-6103-485e-b985-444c60001490"  # noqa: S105 - the id of the method, the same for all
_USUAL = ("phone", "microsoftAuthenticator")
_MORE = ("softwareOath", "fido2", "email", "windowsHelloForBusiness")


def first_methods(entry: Json) -> list[Json]:
    """Return the `authentication/methods` of a person of the world; a guest's live elsewhere.

    The first one after the password is the default, which Entra lets go only as the last.
    """
    password = {"@odata.type": _type("password"), "id": PASSWORD_METHOD}
    if entry["userType"] == "Guest":
        return [password]
    leads = (entry["jobTitle"] or "").startswith("Head of")
    kinds = (*_USUAL, *_MORE) if leads else _USUAL
    return [password, *({"@odata.type": _type(kind), "id": stable_id(entry["id"], kind)} for kind in kinds)]


def _type(kind: str) -> str:
    return f"#microsoft.graph.{kind}AuthenticationMethod"
