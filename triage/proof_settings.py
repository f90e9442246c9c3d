"""The settings of proofs that a person asks which rest on a service outside."""

from __future__ import annotations

from pydantic import BaseModel, Field


class VerifiedIdSettings(BaseModel):
    """Entra Verified ID with Face Check as a proof that a person asks; off while `authority` is empty."""

    url: str = Field(
        default="https://verifiedid.did.msidentity.com/v1.0", description="Base of the Request Service."
    )
    scope: str = Field(
        default="3db474b9-6a0c-4840-96ac-1fceb342124f/.default",
        description="Scope of tokens for the Request Service.",
    )
    authority: str = Field(default="", description="Our decentralised identifier (did:web:...).")
    type: str = Field(default="VerifiedEmployee", description="Type of the credential that counts.")
    issuers: tuple[str, ...] = Field(
        default=(), description="Identifiers of the issuers that count; empty: our own."
    )
    face: int = Field(
        default=70, ge=50, le=100, description="How sure the face must be the one of the photo, in percent."
    )
