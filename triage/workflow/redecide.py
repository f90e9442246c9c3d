"""Makes old decisions again from their records: the same facts under the same rules must say the same."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import AsyncIterator
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.audit.chain import Record, salted
from triage.audit.events import Event
from triage.domain.decision import Decision, Rule
from triage.policy.decide import Policy
from triage.store import decisions, policies
from triage.workflow.deciding import SENT_BACK, with_person


class Outcome(StrEnum):
    """What became of one decision of the chain.

    SAME: made again, it says the same. DIFFERENT: it does not. CHANGED: the stored record is not the one
    the chain vouches for. MISSING: there is no stored record, or not the policy's texts. ERASED: the contents
    were erased for good, as retention or a person asked.
    """

    SAME = "same"
    DIFFERENT = "different"
    CHANGED = "changed"
    MISSING = "missing"
    ERASED = "erased"


class Trouble(Frozen):
    """A decision that could not be made again as it was: the number of its record in the chain, and why."""

    seq: int
    outcome: Outcome
    reason: str


class Redecided(Frozen):
    """How many decisions the chain names, and what became of them."""

    counts: dict[Outcome, int]
    troubles: tuple[Trouble, ...]

    @property
    def ok(self) -> bool:
        """Whether every decision that was not erased says the same."""
        return not self.troubles


async def redecide(conn: AsyncConnection, chain: AsyncIterator[Record]) -> Redecided:
    """Make every decision that `chain` names again from what the database holds of it."""
    loaded: dict[str, Policy | None] = {}
    counts: Counter[Outcome] = Counter()
    troubles: list[Trouble] = []
    async for record in chain:
        if record.event != Event.TICKET_DECIDED.label:
            continue
        outcome, reason = await _one(conn, record, loaded)
        counts[outcome] += 1
        if reason:
            troubles.append(Trouble(seq=record.seq, outcome=outcome, reason=reason))
    return Redecided(counts=dict(counts), troubles=tuple(troubles))


async def _one(
    conn: AsyncConnection, record: Record, loaded: dict[str, Policy | None]
) -> tuple[Outcome, str]:
    """Return what became of one decision, and why if it is not as it was."""
    decision_id = uuid.UUID(str(record.data["decision_id"]))
    found = await decisions.written(conn, decision_id)
    if found is None:
        return Outcome.MISSING, f"decision {decision_id} is not in the database"
    salt, content = found
    if not salt:
        return Outcome.ERASED, ""
    if salted(salt, content) != record.data.get("record"):
        return Outcome.CHANGED, f"decision {decision_id} is not the one that was recorded"
    decision = Decision.model_validate(content)
    if decision.policy not in loaded:
        files = await policies.files_of(conn, decision.policy)
        loaded[decision.policy] = Policy.kept(files) if files else None
    policy = loaded[decision.policy]
    if policy is None or policy.version != decision.policy:
        return Outcome.MISSING, f"the texts of policy {decision.policy} are not kept"
    differences = _differences(decision, policy)
    if differences:
        return Outcome.DIFFERENT, f"decision {decision_id} would differ in {', '.join(differences)}"
    return Outcome.SAME, ""


def _differences(decision: Decision, policy: Policy) -> list[str]:
    """Name what the policy says otherwise than the record."""
    if decision.facts is None:
        return ["facts"]
    ruling = policy.rule(decision.facts)
    said = {"verdict": ruling.verdict, "approvals": ruling.approvals, "tier": ruling.tier}
    again = decision.model_copy(update={**said, "rules": ruling.rules})
    added = _added_by_workflow(decision.rules)
    if added:
        again = with_person(again, added.sentence)
    return [
        name
        for name in ("verdict", "approvals", "tier", "rules")
        if getattr(again, name) != getattr(decision, name)
    ]


def _added_by_workflow(rules: tuple[Rule, ...]) -> Rule | None:
    """Return the last rule if the workflow added it to what the policy said."""
    return rules[-1] if rules and rules[-1].id == SENT_BACK else None
