"""Four eyes: who the approver is to the people of a ticket, read from Entra and the ITSM at the moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from triage.domain.decision import ApproverRole, Consent
from triage.domain.facts import PersonFacts
from triage.enrich.people import person_facts
from triage.errors import NotAllowed
from triage.intake.servicenow import SOURCE
from triage.policy.consent import Involved, capacity, covers, named
from triage.store import deputies
from triage.store.decisions import StoredDecision
from triage.store.reviews import Approval
from triage.store.tickets import StoredTicket
from triage.verify.method import NOTHING, Proven
from triage.workflow.proving import proven_in
from triage.workflow.services import Services


@dataclass(frozen=True)
class Eyes:
    """The approver, and everybody whose matter they may not decide (object ids, "" for nobody known).

    Attributes:
        principals: whom the ticket names and for whom the approver stands in now.
        author_ids: who wrote the site's rules that spoke.
        proven: how surely the person affected is the one who asks.
        accounts: all of them as Entra shows them, with those who have agreed.
    """

    approver: PersonFacts
    creator_id: str
    assignee_id: str
    accounts: tuple[PersonFacts, ...]
    principals: tuple[PersonFacts, ...] = ()
    author_ids: tuple[str, ...] = ()
    proven: Proven = NOTHING


@dataclass(frozen=True)
class Hand:
    """The hand that is raised: app roles, whether the sign-in is fresh, approvals within hour and day.

    `given` are the approvals of this plan that count, `needed` is how many it takes.
    """

    roles: frozenset[str]
    fresh_sign_in: bool
    approved_1h: int
    approved_24h: int
    given: tuple[Approval, ...]
    needed: int


async def look(
    services: Services,
    stored: StoredTicket,
    kept: StoredDecision,
    approver_id: str,
    given: tuple[Approval, ...],
) -> Eyes:
    """Look up the approver and everybody who may not be the same person.

    Raises:
        OutsideError: somebody could not be looked up; then nobody approves.
    """
    creator, assignee, *authors = await asyncio.gather(
        _id_of(services, stored.ticket.opened_by),
        _assignee(services, stored),
        *(_id_of(services, upn) for upn in _authors(services, kept)),
    )
    others = dict.fromkeys((creator, assignee, *authors, *(one.person_id for one in given)))
    principals = await _principals(services, kept, approver_id)
    wanted = (approver_id, *(one for one in others if one), *principals)
    reading, site = services.tools.reading, services.tools.site
    approver, *found = await asyncio.gather(
        *(person_facts(one, reading.graph.live(), site) for one in wanted)
    )
    first = len(found) - len(principals)
    async with services.engine.connect() as conn:
        sure = await proven_in(conn, stored, kept, services.clock())
    return Eyes(approver, creator, assignee, tuple(found[:first]), tuple(found[first:]), tuple(authors), sure)


def refuse_unless_allowed(services: Services, kept: StoredDecision, eyes: Eyes, hand: Hand) -> ApproverRole:
    """Ask the policy whether this person may approve; return as what they do.

    Whoever may not in their own right may be a deputy of somebody who is asked.

    Raises:
        NotAllowed: with the sentences of the rules that say no.
    """
    consents = [_consent(services, kept, eyes, hand, for_whom) for for_whom in (None, *eyes.principals)]
    agreed = next((one for one in consents if one.allowed), None)
    if agreed is None:
        raise NotAllowed(
            " ".join(rule.sentence for rule in consents[-1].rules),
            hint="Somebody else has to answer this review.",
            subject=f"decision {kept.id}",
        )
    return capacity(agreed)


def named_by(services: Services, kept: StoredDecision) -> dict[str, ApproverRole]:
    """Return whom a decision names to agree, by object id: the manager or the owners, if it asks for them."""
    return named(kept.facts, kept.decision.approvals.role, asked_by_playbook(services, kept))


def asked_by_playbook(services: Services, kept: StoredDecision) -> ApproverRole:
    """Return who agrees to this label where the policy asks for any approver."""
    playbook = services.tools.playbooks.get(kept.decision.label)
    return playbook.approver if playbook else ApproverRole.APPROVER


def _consent(
    services: Services, kept: StoredDecision, eyes: Eyes, hand: Hand, principal: PersonFacts | None
) -> Consent:
    facts = kept.facts
    agreed = tuple(one.capacity for one in hand.given)
    return services.tools.policy.may_approve(
        facts,
        eyes.approver,
        requester_id=facts.requester.id if facts.requester else "",
        beneficiary_id=facts.target.id if facts.target else "",
        creator_id=eyes.creator_id,
        page_roles=hand.roles,
        fresh_sign_in=hand.fresh_sign_in,
        hr=eyes.approver.department in services.tools.site.hr_departments,
        involved=Involved(
            principal=principal,
            asked=asked_by_playbook(services, kept),
            proven=int(eyes.proven.level),
            proofs=eyes.proven.methods,
            covered=covers(kept.decision.approvals.role, hand.needed, agreed),
            assignee_id=eyes.assignee_id,
            rule_author_ids=eyes.author_ids,
            earlier_ids=tuple(one.person_id for one in hand.given),
            accounts=eyes.accounts,
            approved_1h=hand.approved_1h,
            approved_24h=hand.approved_24h,
        ),
    )


def _authors(services: Services, kept: StoredDecision) -> tuple[str, ...]:
    clauses = services.tools.policy.texts.clauses
    spoke = (clauses[rule.id].author for rule in kept.decision.rules if rule.id in clauses)
    return tuple(dict.fromkeys(author for author in spoke if author))


async def _principals(services: Services, kept: StoredDecision, approver_id: str) -> tuple[str, ...]:
    """Whom the decision names and the approver is a deputy of, by object id."""
    async with services.engine.connect() as conn:
        standing_in = await deputies.standing_in(conn, approver_id, services.clock())
    return tuple(sorted(standing_in & set(named_by(services, kept))))


async def _assignee(services: Services, stored: StoredTicket) -> str:
    """The object id of the person the ticket is assigned to now."""
    if services.servicenow is None or stored.ticket.source != SOURCE:
        return ""
    ticket, field = stored.ticket, "assigned_to.email"
    row = await services.servicenow.record(ticket.table, ticket.sys_id, (field,))
    return await _id_of(services, row.get(field, ""))


async def _id_of(services: Services, address: str) -> str:
    if not address:
        return ""
    person = (await services.tools.directory()).by_address.get(address.lower())
    return person.id if person else ""
