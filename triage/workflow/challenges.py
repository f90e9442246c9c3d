"""The proofs that are asked for: a code, a call to the number on record, the manager's word.

Whoever is asked for a proof learns nothing from how it went (safety.md, B7); the desk reads it in the ticket.
"""

from __future__ import annotations

import hmac
import secrets
import uuid

from triage.errors import NotAllowed, Unknown
from triage.store import proofs
from triage.store.proofs import Proof, ProofState
from triage.workflow.answering import Approver
from triage.workflow.proving import METHODS, asked, case, failed, give, keep_asked, link, mail, settled
from triage.workflow.services import Services

_CODE, _CALL, _WORD = "code", "callback", "attestation"
_MOST_FAILURES = 3
_DIGITS = 8
_CODE_MAIL = """The service desk wants to be sure that you ask for a change to your account.

Your code is {code}. It is good for ten minutes, on this page and nowhere else:

{link}

Nobody of the service desk ever asks you to read it out. If you have asked for nothing, do nothing and call
the service desk by the number you know.
"""
_WORD_MAIL = """{name} is said to ask for a change to their account: {title}.

If you have them before you, or on a call that you began, sign in and attest that they ask for it:

{link}

Opening the page attests nothing. If they have not asked, say so there.
"""


async def send_code(services: Services, review_id: uuid.UUID, analyst: Approver) -> Proof:
    """Mail a code to the recovery address of the person affected.

    Raises:
        NotAllowed: not by this analyst, or there is no address that is unchanged for 30 days.
        OutsideError: Entra did not answer, or the mail did not go out.
    """
    review, _, target = await case(services, review_id, analyst)
    user = await settled(services, target)
    if not user.other_mails:
        raise NotAllowed(
            "Entra has no recovery address of this person", hint="Call back, or ask the manager."
        )
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    proof = asked(services, review, target, METHODS[_CODE], analyst)
    proof = proof.model_copy(update={"code_hash": services.sealer.digest(code, proof.id)})
    await keep_asked(services, proof)
    text = _CODE_MAIL.format(code=code, link=link(services, "prove", proof.id))
    await mail(services, proof, user.other_mails[0], "A code for the service desk", text)
    return proof


async def enter_code(services: Services, proof_id: uuid.UUID, code: str) -> None:
    """Take a code; right or wrong, whoever typed it learns nothing. The third wrong one ends it."""
    now = services.clock()
    async with services.engine.begin() as conn:
        try:
            proof = await proofs.get(conn, proof_id, lock=True)
        except Unknown:
            return
        if proof.state is not ProofState.ASKED or now >= proof.expires_at or proof.code_hash is None:
            return
        if hmac.compare_digest(services.sealer.digest(code.strip(), proof.id), proof.code_hash):
            await give(conn, services, proof, proof.person_id)
            return
        failures = proof.failures + 1
        proof = proof.model_copy(update={"failures": failures})
        if failures < _MOST_FAILURES:
            await proofs.save(conn, proof)
        else:
            await failed(conn, services, proof, "wrong codes came; somebody may be probing")


async def recorded_number(services: Services, review_id: uuid.UUID, analyst: Approver) -> str:
    """Return the number on record of the person affected, from the directory alone; "" where it has none.

    Raises:
        NotAllowed: not for this analyst, or the number or a factor changed within 30 days.
        OutsideError: Entra did not answer.
    """
    _, _, target = await case(services, review_id, analyst)
    return (await settled(services, target)).mobile_phone or ""


async def log_call(services: Services, review_id: uuid.UUID, analyst: Approver, *, reached: bool) -> None:
    """Log a call to the number on record: the person was reached and asks for this, or not.

    Raises:
        NotAllowed: see `recorded_number`; or there is no number on record.
        OutsideError: Entra did not answer.
    """
    review, _, target = await case(services, review_id, analyst)
    user = await settled(services, target)
    if not user.mobile_phone:
        raise NotAllowed("Entra has no number of this person", hint="Send a code, or ask the manager.")
    proof = asked(services, review, target, METHODS[_CALL], analyst)
    await keep_asked(services, proof)
    async with services.engine.begin() as conn:
        if reached:
            await give(conn, services, proof, analyst.id)
        else:
            await failed(conn, services, proof, "the person was not reached, or asks for nothing")


async def ask_manager(services: Services, review_id: uuid.UUID, analyst: Approver) -> Proof:
    """Ask the manager of the person affected to attest that they ask.

    Raises:
        NotAllowed: not by this analyst, or there is no manager, or the manager asks for it in the ticket.
        OutsideError: Entra did not answer, or the mail did not go out.
    """
    review, kept, target = await case(services, review_id, analyst)
    manager = await services.tools.reading.graph.users.manager(target.id)
    if manager is None or (kept.facts.requester and kept.facts.requester.id == manager.id):
        raise NotAllowed("there is no manager who could attest this", hint="Call back, or send a code.")
    proof = asked(services, review, target, METHODS[_WORD], analyst)
    await keep_asked(services, proof)
    action = services.tools.actions.get(kept.decision.action)
    text = _WORD_MAIL.format(
        name=target.display_name,
        title=action.title if action else kept.decision.action,
        link=link(services, "attest", proof.id),
    )
    address = manager.mail or manager.user_principal_name
    await mail(services, proof, address, f"Does {target.display_name} ask for this?", text)
    return proof


async def may_attest(services: Services, proof_id: uuid.UUID, person: Approver) -> Proof:
    """Return the asking, if this person is the manager who is asked, as Entra shows it now.

    Raises:
        Unknown: there is none for them; whoever asks does not learn which.
        OutsideError: Entra did not answer.
    """
    async with services.engine.connect() as conn:
        proof = await proofs.get(conn, proof_id)
    if proof.method == _WORD and proof.state is ProofState.ASKED and services.clock() < proof.expires_at:
        manager = await services.tools.reading.graph.users.manager(proof.person_id)
        if manager is not None and manager.id == person.id:
            return proof
    raise Unknown("no such proof was asked for", subject=f"proof {proof_id}")


async def attest(services: Services, proof_id: uuid.UUID, person: Approver, *, asks: bool) -> None:
    """Take the manager's word that the person asks, or does not.

    Raises:
        NotAllowed: the manager has not signed in just now.
        Unknown, OutsideError: see `may_attest`.
    """
    proof = await may_attest(services, proof_id, person)
    if not person.fresh_sign_in:
        raise NotAllowed("attesting needs a sign-in of the last 15 minutes", hint="Sign in again.")
    async with services.engine.begin() as conn:
        proof = await proofs.get(conn, proof.id, lock=True)
        if proof.state is not ProofState.ASKED:
            return
        if asks:
            await give(conn, services, proof, person.id)
        else:
            await failed(conn, services, proof, "the manager says that the person does not ask for this")
