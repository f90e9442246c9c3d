"""Who may approve, person by person: four eyes, roles, and nobody in their own cause."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from tests.policy.conftest import ask
from tests.policy.space import POWERS
from triage.domain.decision import ApproverRole, Consent, Verdict
from triage.domain.facts import Facts, PersonFacts
from triage.policy.cases import load_cases
from triage.policy.consent import Involved, covers, named
from triage.policy.decide import Policy

NOBODY = Involved()
APPROVER, ADMIN = frozenset({"approver"}), frozenset({"admin"})
UMA = PersonFacts(known=True, id="uma", employee_id="99", enabled=True, manager_id="boss")


def approve(
    policy: Policy,
    facts: Facts,
    approver: PersonFacts = UMA,
    *,
    creator: str = "carl",
    roles: frozenset[str] = APPROVER,
    fresh: bool = True,
    hr: bool = False,
    involved: Involved = NOBODY,
    proven: int = 1,
) -> Consent:
    return policy.may_approve(
        facts,
        approver,
        requester_id=facts.requester.id if facts.requester else "",
        beneficiary_id=facts.target.id if facts.target else "",
        creator_id=creator,
        page_roles=roles,
        fresh_sign_in=fresh,
        hr=hr,
        involved=replace(involved, proven=proven),
    )


def spoke(consent: Consent) -> set[str]:
    assert consent.rules
    return {rule.id for rule in consent.rules}


def person(facts: Facts, place: str, **changes: object) -> PersonFacts:
    someone = getattr(facts, place)
    assert isinstance(someone, PersonFacts)
    return someone.model_copy(update=changes)


MAIL = ask("password_reset", channel="email")
LICENSE = ask("license_assign", requester="ben", relation="colleague")


def test_an_approver_who_is_nobody_in_the_ticket_may_approve(policy: Policy) -> None:
    consent = approve(policy, MAIL)
    assert consent.allowed
    assert spoke(consent) == {"approve.approver"}


@pytest.mark.parametrize(
    ("approver", "involved", "rule"),
    [
        (person(MAIL, "requester"), NOBODY, "approve.requester"),
        (person(MAIL, "target"), NOBODY, "approve.beneficiary"),
        (UMA.model_copy(update={"id": "carl"}), NOBODY, "approve.creator"),
        (UMA, Involved(assignee_id="uma"), "approve.assignee"),
        (UMA, Involved(rule_author_ids=("uma",)), "approve.rule_author"),
        (UMA, Involved(earlier_ids=("uma",)), "approve.twice"),
        (UMA, Involved(approved_1h=20), "approve.fatigue"),
        (UMA, Involved(approved_24h=100), "approve.fatigue"),
        (UMA.model_copy(update={"enabled": False}), NOBODY, "approve.no_person"),
        (UMA.model_copy(update={"guest": True}), NOBODY, "approve.no_person"),
        (UMA.model_copy(update={"service": True}), NOBODY, "approve.no_person"),
        (UMA.model_copy(update={"known": False}), NOBODY, "approve.lookup_failed"),
    ],
)
def test_four_eyes_are_two_people(
    policy: Policy, approver: PersonFacts, involved: Involved, rule: str
) -> None:
    """The same holds for an administrator of the page: nobody stands in for the second pair of eyes."""
    for roles in (APPROVER, ADMIN, APPROVER | ADMIN):
        consent = approve(policy, MAIL, approver, involved=involved, roles=roles)
        assert not consent.allowed
        assert rule in spoke(consent)


@pytest.mark.parametrize("place", ["requester", "target"])
def test_one_person_under_two_accounts_is_one_person(policy: Policy, place: str) -> None:
    second = person(MAIL, place, id="second-account", upn="adm-anna@corp.example")
    assert not approve(policy, MAIL, second).allowed


def test_the_creator_is_recognised_under_a_second_account(policy: Policy) -> None:
    carl = PersonFacts(known=True, id="carl", employee_id="99")
    assert "approve.creator" in spoke(approve(policy, MAIL, UMA, involved=Involved(accounts=(carl,))))


def test_two_people_without_an_employee_id_are_two(policy: Policy) -> None:
    facts = MAIL.model_copy(update={"requester": person(MAIL, "requester", employee_id="")})
    assert approve(policy, facts, UMA.model_copy(update={"employee_id": ""})).allowed


def test_without_a_role_on_the_page_nobody_approves(policy: Policy) -> None:
    for roles in (frozenset[str](), frozenset({"viewer"}), frozenset({"auditor", "intake"})):
        assert "approve.page_role" in spoke(approve(policy, MAIL, roles=roles))


@pytest.mark.parametrize("power", POWERS)
def test_nobody_approves_anything_on_an_account_that_must_not_be_touched(policy: Policy, power: str) -> None:
    """Acceptance checks 1 and 2: refused, also with two approvers."""
    facts = MAIL.model_copy(update={"target": person(MAIL, "target", **POWERS[power])})
    for approver, roles in product((UMA, UMA.model_copy(update={"id": "vera"})), (APPROVER, ADMIN)):
        assert not approve(policy, facts, approver, roles=roles, hr=True).allowed


def test_what_is_blocked_or_handed_over_cannot_be_approved(policy: Policy) -> None:
    for case in load_cases():
        if case.verdict in {Verdict.BLOCKED, Verdict.HANDOVER}:
            assert not approve(policy, case.facts, roles=ADMIN, hr=True).allowed, case.name


@pytest.mark.parametrize("place", ["target", "requester"])
def test_nobody_approves_what_could_not_be_looked_up(policy: Policy, place: str) -> None:
    unknown = MAIL.model_copy(update={place: PersonFacts(known=False)})
    assert "approve.lookup_failed" in spoke(approve(policy, unknown))


def test_a_credential_step_needs_a_fresh_sign_in(policy: Policy) -> None:
    assert "approve.sign_in" in spoke(approve(policy, MAIL, fresh=False))
    by_mail = ask("license_assign", channel="email")
    assert approve(policy, by_mail, fresh=False).allowed


def test_the_manager_agrees_where_the_manager_is_asked(policy: Policy) -> None:
    mia = PersonFacts(known=True, id="mia", employee_id="3", enabled=True)
    assert spoke(approve(policy, LICENSE, mia)) == {"approve.manager"}
    assert spoke(approve(policy, LICENSE, UMA)) == {"approve.not_manager"}


def test_an_owner_agrees_where_an_owner_is_asked(policy: Policy) -> None:
    mia = PersonFacts(known=True, id="mia", employee_id="3", enabled=True)
    facts = ask("group_add_member", requester="ben")
    assert "approve.owner" in spoke(approve(policy, facts, mia))
    assert spoke(approve(policy, facts, UMA)) == {"approve.not_owner"}


def test_the_manager_agrees_to_a_mailbox_like_its_owner(policy: Policy) -> None:
    mia = PersonFacts(known=True, id="mia", employee_id="3", enabled=True)
    owned_by_hana = {"known": True, "address": "invoices@corp.example", "owner_ids": ["hana"]}
    facts = ask("mailbox_permission_grant", requester="ben", mailbox=owned_by_hana)
    assert spoke(approve(policy, facts, mia)) == {"approve.owner_or_manager"}


def test_hr_agrees_where_hr_is_asked(policy: Policy) -> None:
    assert spoke(approve(policy, ask("user_onboarding"), UMA, hr=True)) == {"approve.hr"}
    assert spoke(approve(policy, ask("user_onboarding"), UMA)) == {"approve.not_hr"}


def test_security_agrees_where_security_is_asked(policy: Policy) -> None:
    facts = ask("account_compromised")
    assert spoke(approve(policy, facts, UMA)) == {"approve.not_security"}
    assert spoke(approve(policy, facts, UMA, roles=APPROVER | {"security"})) == {"approve.security"}


def test_the_leavers_manager_agrees_like_hr(policy: Policy) -> None:
    mia = PersonFacts(known=True, id="mia", employee_id="3", enabled=True)
    assert spoke(approve(policy, ask("user_offboarding"), mia)) == {"approve.leaver"}


def test_an_administrator_of_the_page_stands_in_for_a_manager_who_is_away(policy: Policy) -> None:
    assert spoke(approve(policy, LICENSE, UMA, roles=ADMIN)) == {"approve.stand_in"}


def test_nobody_agrees_to_a_credential_step_for_somebody_who_is_not_proven_to_ask(policy: Policy) -> None:
    """What a caller knows earns nothing: without a proof no number of approvers helps."""
    for label in ("password_reset", "mfa_reset", "bitlocker_recovery"):
        facts = ask(label, channel="phone", vouched=False, tier=3)
        for roles in (APPROVER, ADMIN):
            assert "approve.unproven" in spoke(approve(policy, facts, roles=roles, proven=0)), label
    assert approve(policy, MAIL, proven=1).allowed


def test_an_exceptional_credential_step_needs_two_different_proofs(policy: Policy) -> None:
    toxic = ask("password_reset", memory={"known": True, "factor_change_72h": True})
    security = APPROVER | {"security"}
    assert "approve.unproven_twice" in spoke(approve(policy, toxic, roles=security, proven=1))
    assert approve(policy, toxic, roles=security, proven=2).allowed


def test_what_is_no_credential_asks_for_no_proof(policy: Policy) -> None:
    assert approve(policy, LICENSE, roles=ADMIN, proven=0).allowed


MIA = PersonFacts(known=True, id="mia", employee_id="3", enabled=True)


def test_whoever_the_ask_names_needs_no_role_in_this_application(policy: Policy) -> None:
    nothing = frozenset[str]()
    assert spoke(approve(policy, LICENSE, MIA, roles=nothing)) == {"approve.manager"}
    group = ask("group_add_member", requester="ben")
    assert spoke(approve(policy, group, MIA, roles=nothing)) == {"approve.owner"}
    assert not approve(policy, LICENSE, UMA, roles=nothing).allowed


def test_being_a_manager_opens_nothing_that_asks_for_somebody_else(policy: Policy) -> None:
    """A manager without a role agrees to no ask for security, HR or any approver."""
    nothing = frozenset[str]()
    for label in ("account_compromised", "user_onboarding", "password_reset"):
        assert not approve(policy, ask(label, channel="email"), MIA, roles=nothing).allowed, label


def test_where_any_approver_will_do_the_one_the_playbook_names_agrees_too(policy: Policy) -> None:
    named = Involved(asked=ApproverRole.MANAGER)
    assert spoke(approve(policy, MAIL, MIA, roles=frozenset(), involved=named)) == {"approve.manager"}
    assert not approve(policy, MAIL, MIA, roles=frozenset(), involved=named, fresh=False).allowed


def test_the_second_of_two_may_be_any_approver_and_never_both(policy: Policy) -> None:
    """There is one direct manager: where two have to agree, one of them is it."""
    manager, approver = ApproverRole.MANAGER, ApproverRole.APPROVER
    assert covers(manager, 2, ())
    assert not covers(manager, 2, (approver,))
    assert covers(manager, 2, (manager,))
    assert not covers(manager, 1, ())
    assert not covers(ApproverRole.SECURITY, 2, (ApproverRole.SECURITY,))
    assert spoke(approve(policy, LICENSE, UMA, involved=Involved(covered=True))) == {"approve.approver"}


def test_a_deputy_is_what_the_principal_is_and_may_not_what_the_principal_may_not(policy: Policy) -> None:
    for_mia = Involved(principal=MIA)
    assert spoke(approve(policy, LICENSE, UMA, roles=frozenset(), involved=for_mia)) == {"approve.manager"}
    for_asker = Involved(principal=person(LICENSE, "requester"), covered=True)
    assert "approve.requester" in spoke(approve(policy, LICENSE, UMA, involved=for_asker))
    gone = Involved(principal=MIA.model_copy(update={"enabled": False}))
    assert "approve.no_person" in spoke(approve(policy, LICENSE, UMA, involved=gone))


@pytest.mark.parametrize(
    ("label", "needed", "asked", "named_ids"),
    [
        ("license_assign", ApproverRole.MANAGER, ApproverRole.APPROVER, {"mia"}),
        ("group_add_member", ApproverRole.OWNER, ApproverRole.APPROVER, {"mia"}),
        ("password_reset", ApproverRole.APPROVER, ApproverRole.MANAGER, {"mia"}),
        ("password_reset", ApproverRole.SECURITY, ApproverRole.MANAGER, set()),
        ("user_onboarding", ApproverRole.HR, ApproverRole.HR, set()),
        ("user_offboarding", ApproverRole.HR, ApproverRole.HR, {"mia"}),
    ],
)
def test_whom_an_ask_names(
    label: str, needed: ApproverRole, asked: ApproverRole, named_ids: set[str]
) -> None:
    assert set(named(ask(label, requester="ben"), needed, asked)) == named_ids


def test_an_owner_who_asks_is_not_named_to_agree() -> None:
    assert named(ask("group_add_member"), ApproverRole.OWNER, ApproverRole.OWNER) == {}


def test_every_rule_on_approving_is_shown(policy: Policy) -> None:
    """Each is named by a test above; a rule nobody shows is a rule nobody knows to work."""
    shown = Path(__file__).read_text(encoding="utf-8")
    rules = [one for one in policy.texts.clauses if one.startswith("approve.")]
    assert [one for one in rules if f'"{one}"' not in shown] == []


def test_an_exceptional_step_needs_people_from_outside_the_requesters_chain(policy: Policy) -> None:
    facts = ask("device_lost", device_action="wipe", requester_chain=["mia", "boss"])
    report = UMA.model_copy(update={"manager_id": "anna"})
    for insider in (UMA.model_copy(update={"id": "boss"}), UMA.model_copy(update={"id": "mia"}), report):
        assert "approve.chain" in spoke(approve(policy, facts, insider, roles=ADMIN))
    assert approve(policy, facts, UMA, roles=ADMIN).allowed
