"""Describes one approver to the rules: who they are to the people of the ticket (safety.md D3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from triage.domain.decision import Ruling
from triage.domain.facts import Facts, PersonFacts
from triage.policy.facts import lookup_failed


@dataclass(frozen=True)
class Involved:
    """Who else may not approve, and how often the approver did lately.

    Attributes:
        assignee_id: whom the ticket is assigned to, or "".
        rule_author_ids: who wrote the rules that let this through.
        earlier_ids: who has approved this already.
        accounts: these people, and the ticket's creator, as Entra shows them: with their employee ids one
            person under two accounts is recognised as one.
        approved_1h: how many approvals the approver gave within an hour.
    """

    assignee_id: str = ""
    rule_author_ids: tuple[str, ...] = ()
    earlier_ids: tuple[str, ...] = ()
    accounts: tuple[PersonFacts, ...] = ()
    approved_1h: int = 0


def consent_context(
    facts: Facts, approver: PersonFacts, ruling: Ruling, ids: dict[str, str], involved: Involved
) -> dict[str, Any]:
    """Return the context of `Approve` as far as it follows from the ticket's people.

    Args:
        facts: of the decision.
        approver: who wants to approve.
        ruling: what the policy says to `facts`.
        ids: object ids of `requester`, `beneficiary` and `creator`; "" where there is none.
        involved: the further people.
    """
    everybody = _everybody(facts, involved)

    def among(*object_ids: str) -> bool:
        return any(_one_person(approver, one, everybody) for one in object_ids if one)

    requester = facts.requester
    gaining = [person.id for person in (facts.target, facts.trustee, *facts.others) if person]
    owners = _owner_ids(facts)
    return {
        "known": approver.known and _people_known(facts),
        "ordinary": approver.enabled and not (approver.guest or approver.service or approver.break_glass),
        "needed": ruling.approvals.role.value,
        "manager": bool(approver.id) and approver.id == _manager_id(facts),
        "owner": approver.id in owners,
        "has_owner": bool(owners),
        "tier": int(ruling.tier),
        "requester": among(ids["requester"], requester.id if requester else ""),
        "beneficiary": among(ids["beneficiary"], *gaining),
        "creator": among(ids["creator"]),
        "assignee": among(involved.assignee_id),
        "rule_author": among(*involved.rule_author_ids),
        "earlier": among(*involved.earlier_ids),
        "in_chain": _in_chain(facts, approver),
        "approved_1h": involved.approved_1h,
    }


def _everybody(facts: Facts, involved: Involved) -> dict[str, PersonFacts]:
    people = (facts.requester, facts.target, facts.trustee, facts.mailbox_owner, *facts.others)
    return {person.id: person for person in (*people, *involved.accounts) if person and person.id}


def _one_person(approver: PersonFacts, object_id: str, everybody: dict[str, PersonFacts]) -> bool:
    """Whether the account belongs to the approver: by id, or by the employee id behind it."""
    if object_id == approver.id:
        return True
    other = everybody.get(object_id)
    return bool(approver.employee_id and other and other.employee_id == approver.employee_id)


def _people_known(facts: Facts) -> bool:
    """Four eyes need to know whose the other two are; a caller outside the directory has none here."""
    requester = facts.requester
    return not lookup_failed(facts) and (requester is None or requester.known)


def _manager_id(facts: Facts) -> str:
    """The manager of the person affected; where nobody is (a new person, a guest), the requester's."""
    person = facts.target or facts.requester
    return person.manager_id if person else ""


def _owner_ids(facts: Facts) -> frozenset[str]:
    owned = (facts.group, facts.mailbox, facts.share)
    shared = {owner for thing in owned if thing for owner in thing.owner_ids}
    return frozenset(shared | ({facts.mailbox_owner.id} if facts.mailbox_owner else set()))


def _in_chain(facts: Facts, approver: PersonFacts) -> bool:
    requester = facts.requester
    if requester is None:
        return False
    above = {*facts.requester_chain, requester.manager_id} - {""}
    return approver.id in above or bool(requester.id and approver.manager_id == requester.id)
