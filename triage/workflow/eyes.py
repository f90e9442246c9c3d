"""Four eyes: who the approver is to the people of a ticket, read from Entra and the ITSM at the moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from triage.domain.facts import PersonFacts
from triage.enrich.people import person_facts
from triage.errors import NotAllowed
from triage.intake.servicenow import SOURCE
from triage.policy.consent import Involved
from triage.store.decisions import StoredDecision
from triage.store.reviews import Approval
from triage.store.tickets import StoredTicket
from triage.workflow.services import Services


@dataclass(frozen=True)
class Eyes:
    """The approver, who opened the ticket and whom it is assigned to (object ids, "" for nobody known)."""

    approver: PersonFacts
    creator_id: str
    assignee_id: str
    accounts: tuple[PersonFacts, ...]


@dataclass(frozen=True)
class Hand:
    """The hand that is raised: app roles, whether the sign-in is fresh, approvals within the hour."""

    roles: frozenset[str]
    fresh_sign_in: bool
    approved_1h: int


async def look(
    services: Services, stored: StoredTicket, approver_id: str, given: tuple[Approval, ...]
) -> Eyes:
    """Look up the approver and everybody who may not be the same person.

    Raises:
        OutsideError: somebody could not be looked up; then nobody approves.
    """
    creator, assignee = await asyncio.gather(
        _id_of(services, stored.ticket.opened_by), _assignee(services, stored)
    )
    others = dict.fromkeys((creator, assignee, *(one.person_id for one in given)))
    reading, site = services.tools.reading, services.tools.site
    approver, *accounts = await asyncio.gather(
        *(person_facts(one, reading.graph, site) for one in (approver_id, *others) if one)
    )
    return Eyes(approver, creator, assignee, tuple(accounts))


def refuse_unless_allowed(
    services: Services, kept: StoredDecision, eyes: Eyes, hand: Hand, given: tuple[Approval, ...]
) -> None:
    """Ask the policy whether this person may approve.

    Raises:
        NotAllowed: with the sentences of the rules that say no.
    """
    facts, site = kept.facts, services.tools.site
    consent = services.tools.policy.may_approve(
        facts,
        eyes.approver,
        requester_id=facts.requester.id if facts.requester else "",
        beneficiary_id=facts.target.id if facts.target else "",
        creator_id=eyes.creator_id,
        page_roles=hand.roles,
        fresh_sign_in=hand.fresh_sign_in,
        hr=eyes.approver.department in site.hr_departments,
        involved=Involved(
            assignee_id=eyes.assignee_id,
            earlier_ids=tuple(one.person_id for one in given),
            accounts=eyes.accounts,
            approved_1h=hand.approved_1h,
        ),
    )
    if not consent.allowed:
        raise NotAllowed(
            " ".join(rule.sentence for rule in consent.rules),
            hint="Somebody else has to answer this review.",
            subject=f"decision {kept.id}",
        )


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
