"""One decision: the same model is a line of replay, the body of the API and the stored record."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, Field, JsonValue

from actions.vocabulary import Change, Frozen, Route, Tier
from models.prediction import Alternative, Word
from triage.domain.facts import Facts
from triage.domain.request import Parameter


class Verdict(StrEnum):
    """What happens with the ticket (interfaces.md section 3)."""

    AUTO = "auto"
    REVIEW = "review"
    BLOCKED = "blocked"
    HANDOVER = "handover"


class ApproverRole(StrEnum):
    """Who has to agree; manager, owner and hr are relations read from Entra."""

    APPROVER = "approver"
    MANAGER = "manager"
    OWNER = "owner"
    HR = "hr"
    SECURITY = "security"
    ADMIN = "admin"


class Approvals(Frozen):
    """How many people of which role must agree."""

    count: int = Field(default=1, ge=0, le=5)
    role: ApproverRole = ApproverRole.APPROVER


class Rule(Frozen):
    """A rule that spoke: its stable id and its sentence."""

    id: str
    sentence: str


class Consent(Frozen):
    """Whether one person may approve, and the rules that say so."""

    allowed: bool
    rules: tuple[Rule, ...]


class Ruling(Frozen):
    """What the policy alone says: a verdict and the rules that led to it."""

    verdict: Verdict
    approvals: Approvals
    tier: Tier
    rules: tuple[Rule, ...]


class PlannedStep(Frozen):
    """One step of a plan: an action, what it is called with and what it would change.

    Attributes:
        version: of the action, counted up when its meaning changes.
        params: ids of objects and bounded values; `new:<UPN>` stands for the account an earlier step creates.
        changes: what it would change; for a foreseen step what is to be expected.
        not_before: the instant the step waits for, if it waits.
        foreseen: it works on what an earlier step makes, so that nothing could be read yet.
        on_call: it begins when whoever hands its secret over asks for it, after its day has come.
        impact: what it does to people, where a site's own playbook says so; else the action's own sentence.
    """

    action: str
    version: int
    route: Route
    tier: Tier
    params: dict[str, JsonValue]
    changes: tuple[Change, ...] = ()
    not_before: AwareDatetime | None = None
    foreseen: bool = False
    on_call: bool = False
    impact: str = ""


class Decision(Frozen):
    """The whole decision on one ticket (interfaces.md section 3).

    `facts` are what the policy saw: with them the decision can be explained and made again from its record.
    `steps` are done one after the other; `action` and `route` are those of the first, `changes` of them all.
    `left_out` tells in plain words which steps of the playbook are not part of it, and why; `hindrances` what
    the checks of those that are say against doing them now.
    """

    number: str
    model: str
    policy: str
    label: str
    confidence: float
    accepted: bool
    novelty: float
    alternatives: tuple[Alternative, ...] = ()
    words: tuple[Word, ...] = ()
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    ambiguous: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    verdict: Verdict
    approvals: Approvals = Approvals(count=0)
    tier: Tier = Tier.READ
    route: Route = Route.NONE
    rules: tuple[Rule, ...] = ()
    action: str = ""
    changes: tuple[Change, ...] = ()
    steps: tuple[PlannedStep, ...] = ()
    left_out: tuple[str, ...] = ()
    hindrances: tuple[str, ...] = ()
    fingerprint: str = ""
    facts: Facts | None = None
