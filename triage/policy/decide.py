"""Decides: facts in, a verdict with the rules that led to it out, the same for the same facts and texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, Self

from actions.vocabulary import Tier
from triage.domain.decision import Approvals, ApproverRole, Consent, Rule, Ruling, Verdict
from triage.domain.facts import Facts, PersonFacts
from triage.policy.consent import Involved, consent_context
from triage.policy.engine import ActionName, Answer, Engine, Question
from triage.policy.facts import situation
from triage.policy.permits import FILE, read_permits, refuse_unsigned
from triage.policy.shape import Shape, fitted, shape_of
from triage.policy.texts import SHIPPED, Clause, Texts, read, understood
from triage.signing import read_public_keys

APPROVALS: Final = {
    Tier.READ: 1,
    Tier.REVERSIBLE: 1,
    Tier.DISRUPTIVE: 1,
    Tier.CREDENTIAL: 2,
    Tier.EXCEPTIONAL: 2,
}
"""How many people agree to a reviewed step of each tier (policy-defaults.md)."""

STRICTNESS: Final = {Verdict.AUTO: 0, Verdict.REVIEW: 1, Verdict.HANDOVER: 2, Verdict.BLOCKED: 3}
"""How cautious each verdict is; a site's rules never lead to a less cautious one."""

_RANK: Final = (
    ApproverRole.APPROVER,
    ApproverRole.MANAGER,
    ApproverRole.OWNER,
    ApproverRole.HR,
    ApproverRole.ADMIN,
    ApproverRole.SECURITY,
)
"""When several rules name who has to agree, the last of them here is asked."""

_FAILED: Final = Rule(
    id="policy.failed", sentence="The rules could not be evaluated on these facts: nothing is offered."
)
_NO_ACTION: Final = Approvals(count=0)


@dataclass(frozen=True)
class Policy:
    """The rules in force. `version` is `sha256:…` over all their texts; it is part of every fingerprint.

    `shape` is what rules of another release can speak about; `None` for those of this one. `granted` tells
    who signed each of the site's rules that permit.
    """

    texts: Texts
    engine: Engine
    shape: Shape | None = None
    granted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def load(
        cls,
        site_dir: Path | None = None,
        *,
        keys: Path | None = None,
        shipped: Traversable = SHIPPED,
        labels: Mapping[str, str] | None = None,
    ) -> Self:
        """Read the shipped rules and those of the site, which can only tighten unless two people signed.

        Args:
            site_dir: the site's folder of `*.cedar` files, and of the signatures of those that permit.
            keys: PEM file of the public keys whose signatures count.
            shipped: where the shipped rules are; another release's, to compare with.
            labels: rules about the site's own labels, by the file that says so (`triage.playbooks.rules`).

        Raises:
            NotConfigured: a rule is refused; the subject is its file and line.
            BadInput: `keys` is no file of public keys.
        """
        texts = read(site_dir, shipped=shipped, labels=labels)
        signed = site_dir / FILE if site_dir else None
        permits = (
            read_permits(signed.read_text("utf-8"), str(signed)) if signed and signed.is_file() else None
        )
        granted = refuse_unsigned(texts.added, permits, read_public_keys(keys) if keys else {})
        return cls(texts, Engine(texts), granted=granted)

    @classmethod
    def kept(cls, files: Iterable[tuple[str, str]]) -> Self:
        """The policy that these files were, also of an earlier release: to make an old decision again.

        Raises:
            NotConfigured: they are no policy.
        """
        texts = understood(files)
        return cls(texts, Engine(texts), shape_of(texts.schema))

    @property
    def version(self) -> str:
        """`sha256:…` over schema, families and all rules."""
        return self.texts.version

    def rule(self, facts: Facts) -> Ruling:
        """Return what may happen with the ticket, and every rule that says so (at least one).

        The tier is the action's or higher, never lower; without an action it is what the rules say, at least
        0. `approvals.count` is 0 unless people have to agree.
        """
        told = situation(facts)
        context = json.dumps(told if self.shape is None else fitted(told, self.shape))
        alone = self._ask("AutoExecute", facts, context)
        offer = self._ask("Offer", facts, context) if self.texts.offer_apart else self._offered(alone)
        if not offer.allowed:
            return self._not_offered(facts, offer)
        if alone.allowed:
            rules = _spoken(self._clauses(alone.rules))
            return Ruling(verdict=Verdict.AUTO, approvals=_NO_ACTION, tier=facts.tier, rules=rules)
        return self._review(facts, alone)

    def may_approve(
        self,
        facts: Facts,
        approver: PersonFacts,
        *,
        requester_id: str,
        beneficiary_id: str,
        creator_id: str,
        page_roles: frozenset[str],
        fresh_sign_in: bool,
        hr: bool = False,
        involved: Involved | None = None,
    ) -> Consent:
        """Return whether this person may approve what `facts` ask for; how many must is `rule`'s to say.

        Args:
            facts: of the decision that waits, or read again.
            approver: as Entra shows them now.
            requester_id: object id of who asks; "" when there is none, as for the next two.
            beneficiary_id: object id of whose account or access changes.
            creator_id: object id of who opened the ticket.
            page_roles: app roles of the approver's sign-in (approver, admin, ...).
            fresh_sign_in: whether they signed in within the last 15 minutes; asked for from tier 3 on.
            hr: whether the approver works in HR.
            involved: who else may not approve, and how often the approver did.
        """
        ruling = self.rule(facts)
        if ruling.verdict in {Verdict.BLOCKED, Verdict.HANDOVER}:
            return Consent(allowed=False, rules=ruling.rules)
        ids = {"requester": requester_id, "beneficiary": beneficiary_id, "creator": creator_id}
        record = consent_context(facts, approver, ruling, ids, involved or Involved())
        record |= {
            "page_role": bool(page_roles & {"approver", "admin"}),
            "admin": "admin" in page_roles,
            "security": bool(page_roles & {"security", "admin"}),
            "hr": hr,
            "fresh_sign_in": fresh_sign_in,
        }
        answer = self._ask("Approve", facts, json.dumps(record), principal=approver.id)
        return Consent(allowed=answer.allowed, rules=self._reasons(answer, "Approve", facts.label))

    def _ask(self, action: ActionName, facts: Facts, context: str, principal: str | None = None) -> Answer:
        asker = facts.requester.id if facts.requester else ""
        question = Question(action, facts.label, asker if principal is None else principal, context)
        return self.engine.ask([question])[0]

    def _offered(self, alone: Answer) -> Answer:
        """Return the answer to `Offer`, when whatever forbids it forbids AutoExecute too and so spoke."""
        spoke = [clause for clause in self._clauses(alone.rules) if not clause.permits]
        forbids = tuple(clause.id for clause in spoke if clause.speaks_on("Offer"))
        return Answer(not forbids and not alone.errors, forbids, alone.errors)

    def _clauses(self, ids: Iterable[str]) -> list[Clause]:
        """Return the rules of these ids in the order of the texts."""
        wanted = set(ids)
        return [clause for clause in self.texts.clauses.values() if clause.id in wanted]

    def _not_offered(self, facts: Facts, answer: Answer) -> Ruling:
        clauses = self._clauses(answer.rules)
        handed_over = clauses and all(clause.verdict is Verdict.HANDOVER for clause in clauses)
        return Ruling(
            verdict=Verdict.HANDOVER if handed_over and not answer.errors else Verdict.BLOCKED,
            approvals=_NO_ACTION,
            tier=_tier(facts, clauses),
            rules=self._reasons(answer, "Offer", facts.label),
        )

    def _review(self, facts: Facts, answer: Answer) -> Ruling:
        clauses = self._clauses(answer.rules)
        tier = _tier(facts, clauses)
        roles = [clause.role for clause in clauses if clause.role] or [ApproverRole.APPROVER]
        count = max([APPROVALS[tier], *(clause.approvals for clause in clauses)])
        return Ruling(
            verdict=Verdict.REVIEW,
            approvals=Approvals(count=count, role=max(roles, key=_RANK.index)),
            tier=tier,
            rules=self._reasons(answer, "AutoExecute", facts.label),
        )

    def _reasons(self, answer: Answer, action: ActionName, label: str) -> tuple[Rule, ...]:
        """Return the rules that spoke; for a denial by default, what would have been needed.

        What blocks an offer comes before what only hands it over: people read the first reason.
        """
        if answer.errors:
            return (_FAILED,)
        clauses = self._clauses(answer.rules)
        if action == "Offer":
            clauses.sort(key=lambda clause: clause.verdict is Verdict.HANDOVER)
        return _spoken(clauses) or self._needed(action, label)

    def _needed(self, action: ActionName, label: str) -> tuple[Rule, ...]:
        permits = [
            clause
            for clause in self.texts.clauses.values()
            if clause.permits and clause.speaks_on(action) and clause.resource in {"", label}
        ]
        return tuple(
            Rule(id="default.deny", sentence=f"Needed, and not so: {clause.sentence} ({clause.id})")
            for clause in permits
        ) or (Rule(id="default.deny", sentence="No rule allows this for this label."),)


def _tier(facts: Facts, clauses: Iterable[Clause]) -> Tier:
    """Raise the step's tier as far as the rules say; while no step is chosen, only they have a tier."""
    least = facts.tier if facts.action else Tier.READ
    return max([least, *(clause.tier for clause in clauses)])


def _spoken(clauses: Iterable[Clause]) -> tuple[Rule, ...]:
    return tuple(Rule(id=clause.id, sentence=clause.sentence) for clause in clauses)
