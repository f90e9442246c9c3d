"""A credential proves a person by id or UPN and never by a name: ours, valid, and with their face."""

from __future__ import annotations

from typing import Any

import pytest

from actions.clients.verified_id import Shown, Wanted
from triage.verify.presentation import why_not

ID, UPN, OURS = "8cd2e695", "karin.wright@harborline.example", "did:web:verifiedid.harborline.example"
WANTED = Wanted(authority=OURS, type="VerifiedEmployee", issuers=(OURS,), face=70, purpose="")
GOOD: dict[str, Any] = {
    "issuer": OURS,
    "type": ["VerifiableCredential", "VerifiedEmployee"],
    "claims": {"revocationId": UPN, "displayName": "Karin Wright"},
    "credentialState": {"revocationStatus": "VALID"},
    "faceCheck": {"matchConfidenceScore": 92.5},
}


def _why_not(**changed: Any) -> str:
    return why_not([Shown.model_validate(GOOD | changed)], WANTED, ID, UPN)


@pytest.mark.parametrize("claims", [{"revocationId": UPN.upper()}, {"oid": ID}, {"oid": ID, "upn": UPN}])
def test_the_persons_id_or_upn_proves_them(claims: dict[str, str]) -> None:
    assert _why_not(claims=claims) == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "did:web:verifiedid.evil.example"},
        {"type": ["VerifiableCredential", "GymMember"]},
        {"credentialState": {"revocationStatus": "REVOKED"}},
        {"credentialState": {}},
        {"faceCheck": {"matchConfidenceScore": 69.9}},
        {"faceCheck": {}},
        {"claims": {}},
        {"claims": {"displayName": "Karin Wright", "mail": UPN}},
        {"claims": {"revocationId": "elena.bianchi@harborline.example"}},
        {"claims": {"revocationId": UPN, "oid": "another"}},
        {"claims": {"oid": ID, "upn": "elena.bianchi@harborline.example"}},
        {"claims": {"oid": ["8cd2e695"]}},
    ],
)
def test_whatever_is_not_surely_the_person_proves_nothing(changed: dict[str, Any]) -> None:
    assert _why_not(**changed) != ""


def test_nothing_shown_proves_nothing() -> None:
    assert why_not([], WANTED, ID, UPN) != ""
