"""Whether a shown credential proves a person: by object id or UPN, of our issuer, valid, with their face."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from actions.clients.verified_id import Shown, Wanted

_IDS: Final = ("oid", "objectId")
_NAMES: Final = ("userPrincipalName", "upn", "revocationId")
"""Claims that may hold the UPN; Microsoft's VerifiedEmployee has it as `revocationId` (unverified)."""
_VALID: Final = "valid"


def why_not(shown: Iterable[Shown], wanted: Wanted, person_id: str, upn: str) -> str:
    """Return why these credentials do not prove this person, or "" when one of them does.

    A display name is no proof. A claim of an id or a UPN that is another's is worse than none.
    """
    reasons = [_objection(one, wanted, person_id, upn) for one in shown]
    if not reasons:
        return "no credential was shown"
    return "" if "" in reasons else reasons[0]


def _objection(shown: Shown, wanted: Wanted, person_id: str, upn: str) -> str:
    if wanted.type not in shown.type or shown.issuer not in wanted.issuers:
        return "the credential is not of the kind or the issuer that counts here"
    if shown.credential_state.revocation_status.casefold() != _VALID:
        return "the credential is not known to be valid"
    if shown.face_check.match_confidence_score < wanted.face:
        return "the face was not compared, or is not surely the same"
    ids, names = _claims(shown.claims, _IDS), _claims(shown.claims, _NAMES)
    if not ids and not names:
        return "the credential does not say whose it is"
    if ids - {person_id.casefold()} or names - {upn.casefold()}:
        return "the credential is somebody else's"
    return ""


def _claims(claims: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    found = (claims.get(name) for name in names)
    return {value.strip().casefold() for value in found if isinstance(value, str) and value.strip()}
