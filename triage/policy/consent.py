"""Describes one approver to the rules: who they are to the people of the ticket (safety.md D3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from triage.domain.decision import ApproverRole, Consent, Ruling
from triage.domain.facts import Facts, PersonFacts
from triage.policy.facts import lookup_failed

_NAMED: Final = frozenset({ApproverRole.MANAGER, ApproverRole.OWNER})
_CAPACITIES: Final = {
    "approve.manager": ApproverRole.MANAGER,
    "approve.owner": ApproverRole.OWNER,
    "approve.owner_or_manager": ApproverRole.MANAGER,
    "approve.leaver": ApproverRole.MANAGER,
    "approve.hr": ApproverRole.HR,
    "approve.security": ApproverRole.SECURITY,
    "approve.approver": ApproverRole.APPROVER,
    "approve.stand_in": ApproverRole.ADMIN,
}


@dataclass(frozen=True)
class Involved:
    """Who else may not approve, and how often the approver did lately.

    Attributes:
        principal: whose place the approver takes as their deputy, or `None`. Whatever the directory says the
            principal is, the deputy is too; whatever the principal may not approve, the deputy may not.
        asked: who agrees by the playbook where the policy asks for any approver.
        proven: 0..3, how surely the person affected is the one who asks (`triage.verify`); 0 is not known.
        proofs: by which methods.
        covered: whether a manager or owner the decision asks for has agreed, or can do so after this.
        assignee_id: whom the ticket is assigned to, or "".
        rule_author_ids: who wrote the rules that let this through.
        earlier_ids: who has approved this already.
        accounts: these people, and the ticket's creator, as Entra shows them: with their employee ids one
            person under two accounts is recognised as one.
        approved_1h: how many approvals the approver gave within an hour; within a day for the other.
    """

    principal: PersonFacts | None = None
    asked: ApproverRole = ApproverRole.APPROVER
    proven: int = 0
    proofs: tuple[str, ...] = ()
    covered: bool = False
    assignee_id: str = ""
    rule_author_ids: tuple[str, ...] = ()
    earlier_ids: tuple[str, ...] = ()
    accounts: tuple[PersonFacts, ...] = ()
    approved_1h: int = 0
    approved_24h: int = 0


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
    heads = (approver, involved.principal) if involved.principal else (approver,)

    def among(*object_ids: str) -> bool:
        return any(_one_person(head, one, everybody) for one in object_ids if one for head in heads)

    requester = facts.requester
    gaining = [person.id for person in (facts.target, facts.trustee, *facts.others) if person]
    owners = owner_ids(facts)
    return {
        "known": all(head.known for head in heads) and _people_known(facts),
        "ordinary": all(_ordinary(head) for head in heads),
        "needed": ruling.approvals.role.value,
        "asked": involved.asked.value,
        "proven": involved.proven,
        "proofs": list(involved.proofs),
        "covered": involved.covered,
        "manager": any(head.id and head.id == manager_id(facts) for head in heads),
        "owner": any(head.id in owners for head in heads),
        "has_owner": bool(owners),
        "tier": int(ruling.tier),
        "requester": among(ids["requester"], requester.id if requester else ""),
        "beneficiary": among(ids["beneficiary"], *gaining),
        "creator": among(ids["creator"]),
        "assignee": among(involved.assignee_id),
        "rule_author": among(*involved.rule_author_ids),
        "earlier": among(*involved.earlier_ids),
        "in_chain": any(_in_chain(facts, head) for head in heads),
        "approved_1h": involved.approved_1h,
        "approved_24h": involved.approved_24h,
    }


def named(facts: Facts, needed: ApproverRole, asked: ApproverRole) -> dict[str, ApproverRole]:
    """Return whom the directory names to agree, by object id: the manager, the owners, or nobody.

    Whoever asks or gains is not named: nobody agrees in their own cause.

    Args:
        facts: of the decision.
        needed: the role the decision asks for.
        asked: who agrees by the playbook where any approver will do.
    """
    wanted = asked if needed is ApproverRole.APPROVER else needed
    manager = {manager_id(facts): ApproverRole.MANAGER}
    owners = dict.fromkeys(owner_ids(facts), ApproverRole.OWNER)
    leaver = wanted is ApproverRole.HR and facts.label == "user_offboarding"
    found: dict[str, ApproverRole] = {}
    if wanted is ApproverRole.MANAGER or leaver:
        found = manager
    elif wanted is ApproverRole.OWNER:
        found = owners or manager
        if facts.label == "mailbox_permission_grant":
            found = manager | owners
    own = {person.id for person in (facts.requester, facts.target, facts.trustee, *facts.others) if person}
    return {one: role for one, role in found.items() if one and one not in own}


def covers(needed: ApproverRole, count: int, agreed: tuple[ApproverRole, ...]) -> bool:
    """Return whether any approver may agree next although a manager or owner is asked for.

    There is one direct manager, and often one owner: where several have to agree, one of them has to be it.

    Args:
        needed: the role the decision asks for.
        count: how many have to agree.
        agreed: as what those agreed who did.
    """
    met = any(one in {*_NAMED, ApproverRole.ADMIN} for one in agreed)  # administrators stand in
    return needed in _NAMED and (met or len(agreed) + 1 < count)


def capacity(consent: Consent) -> ApproverRole:
    """Return as what somebody may agree, by the rules that let them: what they are before what they may."""
    spoke = {rule.id for rule in consent.rules}
    return next((role for rule, role in _CAPACITIES.items() if rule in spoke), ApproverRole.APPROVER)


def _ordinary(person: PersonFacts) -> bool:
    return person.enabled and not (person.guest or person.service or person.break_glass)


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


def manager_id(facts: Facts) -> str:
    """The manager of the person affected; where nobody is (a new person, a guest), the requester's."""
    person = facts.target or facts.requester
    return person.manager_id if person else ""


def owner_ids(facts: Facts) -> frozenset[str]:
    """Return the owners of the group, mailbox or share that is asked for, by object id."""
    owned = (facts.group, facts.mailbox, facts.share)
    shared = {owner for thing in owned if thing for owner in thing.owner_ids}
    return frozenset(shared | ({facts.mailbox_owner.id} if facts.mailbox_owner else set()))


def _in_chain(facts: Facts, approver: PersonFacts) -> bool:
    requester = facts.requester
    if requester is None:
        return False
    above = {*facts.requester_chain, requester.manager_id} - {""}
    return approver.id in above or bool(requester.id and approver.manager_id == requester.id)
