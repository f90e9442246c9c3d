"""What is proven of the person affected in a ticket, and how a proof is asked for, given and missed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.clients.graph.values import User
from actions.errors import OutsideError
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.facts import Facts, PersonFacts, Relation
from triage.errors import NotAllowed
from triage.memory import CONTACT_SETTLED
from triage.policy.facts import SIGNED_IN, same_person
from triage.store import decisions, proofs, reviews
from triage.store.decisions import StoredDecision
from triage.store.notes import NoteKind
from triage.store.proofs import Proof, ProofState
from triage.store.reviews import Review, ReviewState
from triage.store.tickets import StoredTicket
from triage.verify.method import NOTHING, Given, Method, Proven, proven
from triage.verify.methods import load
from triage.workflow.answering import Approver, refuse_without_role
from triage.workflow.probing import heed_failed_proof
from triage.workflow.saying import say
from triage.workflow.services import Services
from triage.workflow.watching import meaning

METHODS = load()
_PORTAL = "portal_sign_in"


async def proven_in(
    conn: AsyncConnection, stored: StoredTicket, kept: StoredDecision, now: datetime
) -> Proven:
    """Return how surely the person affected is the one who asks in this ticket, and by which methods."""
    target = kept.facts.target
    if target is None or not target.id:
        return NOTHING
    given = [
        Given(method=one.method, given_at=one.given_at, expires_at=one.expires_at)
        for one in await proofs.of_ticket(conn, stored.id)
        if one.state is ProofState.GIVEN and one.given_at is not None and one.person_id == target.id
    ]
    if _own_from_portal(kept.facts):
        at = stored.ticket.opened_at
        given.append(Given(method=_PORTAL, given_at=at, expires_at=at + METHODS[_PORTAL].lifetime))
    return proven(given, METHODS, now)


def _own_from_portal(facts: Facts) -> bool:
    """Whether the ITSM says that the person affected wrote the ticket, signed in."""
    own = Relation.SELF in facts.relations | {facts.relation}
    return facts.vouched and facts.channel in SIGNED_IN and own and same_person(facts.requester, facts.target)


async def case(
    services: Services, review_id: uuid.UUID, analyst: Approver
) -> tuple[Review, StoredDecision, PersonFacts]:
    """Return what is to be proven, to an analyst who is neither the one who asks nor the one affected.

    Raises:
        NotAllowed: not by this analyst, or there is nobody to be proven.
        Unknown: there is no such review.
    """
    refuse_without_role(analyst)
    async with services.engine.connect() as conn:
        review = await reviews.get(conn, review_id)
        kept = await decisions.get(conn, review.decision_id)
    target, requester = kept.facts.target, kept.facts.requester
    if review.state is not ReviewState.OPEN or target is None or not target.known:
        raise NotAllowed("there is nobody to be proven here", hint="Look at the ticket again.")
    if analyst.id in {target.id, requester.id if requester else ""}:
        raise NotAllowed("nobody takes a proof in their own cause", hint="A colleague does it.")
    return review, kept, target


async def settled(services: Services, target: PersonFacts) -> User:
    """Return the person, whose contact points and factors are unchanged for 30 days by Entra's own log.

    A factor that says itself that it is younger counts too; most say nothing.

    Raises:
        NotAllowed: one changed, or the log cannot be read.
        OutsideError: Entra did not answer.
    """
    since = services.clock() - CONTACT_SETTLED
    try:
        changes = services.tools.reading.graph.audits.of_object(target.id, since)
        labels = {meaning(change)[0] async for change in changes}
        factors = await services.tools.reading.graph.factors.of_user(target.id)
    except OutsideError as error:
        raise NotAllowed(
            f"whether the person's numbers are unchanged cannot be read: {error.message}",
            hint="Let the manager attest.",
        ) from error
    young = any(one.created_date_time is not None and one.created_date_time > since for one in factors)
    if young or labels & {"mfa_reset", "profile_update"}:
        raise NotAllowed(
            "a number, address or factor of the person changed within 30 days", hint="Let the manager attest."
        )
    return await services.tools.reading.graph.users.get(target.id)


def asked(
    services: Services, review: Review, target: PersonFacts, method: Method, analyst: Approver
) -> Proof:
    """Return an asking for a proof of the person affected by this method."""
    now = services.clock()
    return Proof(
        id=services.new_id(),
        ticket_id=review.ticket_id,
        person_id=target.id,
        method=method.name,
        asked_by=analyst.id,
        asked_at=now,
        expires_at=now + method.patience,
    )


async def keep_asked(services: Services, proof: Proof) -> None:
    """Keep an asking; the one before by the same method in the ticket is over."""
    async with services.engine.begin() as conn:
        await proofs.ask(conn, proof)
        data = {"method": proof.method, "proof_id": str(proof.id)}
        subject, now = f"ticket {proof.ticket_id}", services.clock()
        await append(conn, Event.PROOF_ASKED, subject, data, actor=proof.asked_by, now=now)


async def give(conn: AsyncConnection, services: Services, proof: Proof, by: str) -> None:
    """Let an asked proof count from now on; `by` is whose deed or word it is."""
    now = services.clock()
    until = now + METHODS[proof.method].lifetime
    update = {"state": ProofState.GIVEN, "given_at": now, "given_by": by, "expires_at": until}
    await proofs.save(conn, proof.model_copy(update=update))
    data = {"method": proof.method, "proof_id": str(proof.id), "expires_at": until.isoformat()}
    await append(conn, Event.PROOF_GIVEN, f"ticket {proof.ticket_id}", data, actor=by, now=now)


async def failed(conn: AsyncConnection, services: Services, proof: Proof, reason: str) -> None:
    """Keep that a proof was refused; tell the desk and, when it happens again and again, security."""
    update = {"state": ProofState.REFUSED, "failures": max(1, proof.failures)}
    await proofs.save(conn, proof.model_copy(update=update))
    await heed_failed_proof(conn, proof, services.clock())
    data = {"method": proof.method, "proof_id": str(proof.id), "reason": reason}
    subject, now = f"ticket {proof.ticket_id}", services.clock()
    await append(conn, Event.PROOF_FAILED, subject, data, actor="service", now=now)
    about = (f"proof {proof.id}", f"Triage: {METHODS[proof.method].title}: {reason}.")
    await say(conn, services, proof.ticket_id, NoteKind.WORK_NOTE, about)


async def mail(services: Services, proof: Proof, address: str, subject: str, text: str) -> None:
    """Mail what a proof needs to one address."""
    sender = services.settings.cloud.mail_sender
    await services.acting(proof.id).graph.mail.send(sender, [address], subject, text, marker=str(proof.id))


def link(services: Services, page: str, proof_id: uuid.UUID) -> str:
    """Return the address of the page on which it is given."""
    return f"{services.settings.web.public_url.rstrip('/')}/{page}/{proof_id}"
