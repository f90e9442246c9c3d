"""A proof by Verified ID: asked for by an analyst, begun by the person on a page, ended by Microsoft's word.

Whoever presents learns nothing from how it went (safety.md, B7); the desk reads it in the ticket.
"""

from __future__ import annotations

import hmac
import uuid
from typing import Final

from actions.clients.verified_id import Callback, Outcome, VerifiedIdClient, Wanted
from triage.errors import NotAllowed, Unknown
from triage.store import proofs
from triage.store.proofs import Proof, ProofState
from triage.verify.presentation import why_not
from triage.workflow.answering import Approver
from triage.workflow.proving import METHODS, asked, case, failed, give, keep_asked, link, mail
from triage.workflow.services import Services

_METHOD: Final = "verified_id"
_VERIFIED: Final = "presentation_verified"
_PURPOSE: Final = "The service desk makes sure that you ask for a change to your account."
_MAIL: Final = """The service desk wants to be sure that you ask for a change to your account.

Open this page on any device, and show the company's credential from your wallet:

{link}

Nobody else's credential opens anything there. If you have asked for nothing, do nothing and call the service
desk by the number you know.
"""


async def ask_presentation(services: Services, review_id: uuid.UUID, analyst: Approver) -> Proof:
    """Ask the person affected to show their credential; the page's address may reach them in any way.

    Raises:
        NotAllowed: not by this analyst, or Verified ID is not set up here.
        OutsideError: Entra did not answer, or the mail did not go out.
    """
    _client(services)
    review, _, target = await case(services, review_id, analyst)
    user = await services.tools.reading.graph.users.get(target.id)
    proof = asked(services, review, target, METHODS[_METHOD], analyst)
    await keep_asked(services, proof)
    text = _MAIL.format(link=link(services, "present", proof.id))
    address = user.mail or user.user_principal_name
    await mail(services, proof, address, "Show the service desk your credential", text)
    return proof


async def begin_presentation(services: Services, proof_id: uuid.UUID) -> str:
    """Return the address that opens the wallet; "" where nothing is asked (whoever asks learns no more).

    Raises:
        NotAllowed: Verified ID is not set up here.
        OutsideError: the Request Service did not answer.
    """
    client = _client(services)
    async with services.engine.connect() as conn:
        try:
            proof = await proofs.get(conn, proof_id)
        except Unknown:
            return ""
    if not _open(services, proof):
        return ""
    url = f"{services.settings.web.public_url.rstrip('/')}/api/v1/webhooks/verified-id"
    callback = Callback(url, str(proof.id), services.sealer.token(proof.id))
    return await client.request(wanted(services), callback)


async def hear_outcome(services: Services, secret: str, outcome: Outcome) -> None:
    """Take Microsoft's word on a presentation; without our secret for this very proof it is nobody's word.

    Raises:
        OutsideError: Entra did not answer; Microsoft is not asked to say it again, the person presents anew.
    """
    try:
        proof_id = uuid.UUID(outcome.state)
    except ValueError:
        return
    expected = services.sealer.token(proof_id).get_secret_value()
    if outcome.request_status != _VERIFIED or not hmac.compare_digest(expected.encode(), secret.encode()):
        return
    async with services.engine.connect() as conn:
        try:
            proof = await proofs.get(conn, proof_id)
        except Unknown:
            return
    user = await services.tools.reading.graph.live().users.get(proof.person_id)
    reason = why_not(
        outcome.verified_credentials_data, wanted(services), proof.person_id, user.user_principal_name
    )
    async with services.engine.begin() as conn:
        proof = await proofs.get(conn, proof_id, lock=True)
        if not _open(services, proof):
            return
        if reason:
            await failed(conn, services, proof, reason)
        else:
            await give(conn, services, proof, proof.person_id)


def wanted(services: Services) -> Wanted:
    """Return what has to be shown, by the settings."""
    set_up = services.settings.verified_id
    return Wanted(
        authority=set_up.authority,
        type=set_up.type,
        issuers=set_up.issuers or (set_up.authority,),
        face=set_up.face,
        purpose=_PURPOSE,
    )


def _open(services: Services, proof: Proof) -> bool:
    asked_for = proof.method == _METHOD and proof.state is ProofState.ASKED
    return asked_for and services.clock() < proof.expires_at


def _client(services: Services) -> VerifiedIdClient:
    if services.verified_id is None or not services.settings.verified_id.authority:
        raise NotAllowed(
            "Verified ID is not set up here",
            hint="Set TRIAGE_VERIFIED_ID__AUTHORITY (docs/how-to/prove-who-asks.md), or call back.",
        )
    return services.verified_id
