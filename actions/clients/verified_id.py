"""Entra Verified ID's Request Service: asking a person to show a credential, and reading what they showed.

The contract of this service is unverified: it is Microsoft's published specification, not tried on a tenant.
Whatever an answer lacks counts as not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic.alias_generators import to_camel

from actions.clients.call import Call
from actions.clients.http import Api
from actions.errors import Unreachable
from actions.vocabulary import Frozen

PERMISSION: Final = "VerifiableCredential.Create.PresentRequest"
_PATH: Final = "/verifiableCredentials/createPresentationRequest"
_WALLETS: Final = ("openid-vc:", "https:", "http:")


class Wanted(Frozen):
    """What is asked for: a credential of this type, by one of these issuers, a face this sure (50..100)."""

    authority: str
    type: str
    issuers: tuple[str, ...]
    face: int
    purpose: str


@dataclass(frozen=True)
class Callback:
    """Where the outcome is posted: `state` comes back with it, and `secret` in the header `api-key`."""

    url: str
    state: str
    secret: SecretStr


class _Told(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class State(_Told):
    """What the service says of a credential's validity."""

    revocation_status: str = ""


class Face(_Told):
    """How sure it is that the face is the one of the credential's photo, 0..100."""

    match_confidence_score: float = 0.0


class Shown(_Told):
    """One credential that was shown and whose signature the service has checked."""

    issuer: str = ""
    type: tuple[str, ...] = ()
    claims: Mapping[str, Any] = Field(default_factory=dict)
    credential_state: State = State()
    face_check: Face = Face()


class Outcome(_Told):
    """What the service posts: `request_status` is `presentation_verified` when a credential was shown."""

    request_id: str = ""
    request_status: str = ""
    state: str = ""
    verified_credentials_data: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class VerifiedIdClient:
    """The Request Service of our tenant."""

    api: Api

    async def request(self, wanted: Wanted, callback: Callback) -> str:
        """Ask for a presentation and return the address that opens the person's wallet.

        Raises:
            Unreachable: the service gave no address of a wallet.
        """
        call = Call(method="POST", path=_PATH, json=_body(wanted, callback), permission=PERMISSION)
        url = (await self.api.send(call)).object.get("url")
        if not isinstance(url, str) or not url.startswith(_WALLETS):
            raise Unreachable("Verified ID gave no address of a wallet.", hint="Try again, or call back.")
        return url


def _body(wanted: Wanted, callback: Callback) -> dict[str, Any]:
    face = {"sourcePhotoClaimName": "photo", "matchConfidenceThreshold": wanted.face}
    validation = {"allowRevoked": False, "validateLinkedDomain": True, "faceCheck": face}
    return {
        "authority": wanted.authority,
        "includeQRCode": False,
        "includeReceipt": False,
        "registration": {"clientName": "Service desk", "purpose": wanted.purpose},
        "callback": {
            "url": callback.url,
            "state": callback.state,
            "headers": {"api-key": callback.secret.get_secret_value()},
        },
        "requestedCredentials": [
            {
                "type": wanted.type,
                "purpose": wanted.purpose,
                "acceptedIssuers": list(wanted.issuers),
                "configuration": {"validation": validation},
            }
        ],
    }
