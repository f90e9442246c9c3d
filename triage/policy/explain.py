"""Explains a decision: the rules that spoke, where they stand, and which single fact would change it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, IntEnum, StrEnum
from typing import Any, Final

from actions.vocabulary import Frozen
from triage.domain.decision import Rule, Ruling, Verdict
from triage.domain.facts import Facts, PersonFacts, Relation
from triage.domain.request import Source
from triage.policy.decide import STRICTNESS, Policy

_PEOPLE: Final = ("requester", "target", "trustee", "mailbox_owner")
_THINGS: Final = ("group", "license", "service", "mailbox", "share", "device", "memory")
_UNCHANGED: Final = frozenset(
    {"empty_text", "relation", "relations", "requester_chain", "others", "signals", "sources"}
)
"""Facts that are changed by their parts or together, or not at all since it would explain nothing."""


class Flip(Frozen):
    """One fact that, changed alone, would lead to another verdict."""

    fact: str
    before: str
    after: str
    verdict: Verdict


class Provenance(StrEnum):
    """Where a fact was learnt.

    CALLER: the ITSM says so. FIELD: a field of a form. TEXT: the words. DIRECTORY: Entra, AD or the site's
    own lists, live. MEMORY: what was asked and done before. MODEL: the classifier's guess. UNKNOWN: none.
    """

    CALLER = "caller"
    FIELD = "field"
    TEXT = "text"
    DIRECTORY = "directory"
    MEMORY = "memory"
    MODEL = "model"
    UNKNOWN = "unknown"


class Explanation(Frozen):
    """What the policy says to facts and why; `places` are file and line of the rules that spoke.

    `flips` are the changes towards less caution, or, for what runs by itself, those that would stop it.
    `provenance` tells of each fact, or group of facts, where it was learnt.
    """

    policy: str
    ruling: Ruling
    places: dict[str, str]
    flips: tuple[Flip, ...]
    provenance: dict[str, Provenance]


def explain(policy: Policy, facts: Facts) -> Explanation:
    """Rule on `facts`, and once more for every single fact changed."""
    ruling = policy.rule(facts)
    clauses = policy.texts.clauses
    spoke: tuple[Rule, ...] = ruling.rules
    return Explanation(
        policy=policy.version,
        ruling=ruling,
        places={rule.id: clauses[rule.id].place for rule in spoke if rule.id in clauses},
        flips=tuple(_flips(policy, facts, ruling.verdict)),
        provenance=provenance(facts),
    )


def provenance(facts: Facts) -> dict[str, Provenance]:
    """Tell where each fact was learnt; what could not be learnt is unknown, and satisfies no permission."""
    told = {
        "label": Provenance.MODEL,
        "signals": Provenance.TEXT,
        "channel": Provenance.CALLER if facts.vouched else Provenance.UNKNOWN,
        "relation": Provenance.DIRECTORY if facts.relation is not Relation.UNKNOWN else Provenance.UNKNOWN,
        "memory": Provenance.MEMORY if facts.memory.known else Provenance.UNKNOWN,
        **dict.fromkeys((*facts.missing, *facts.ambiguous), Provenance.UNKNOWN),
        **{name: Provenance(source.value) for name, source in facts.sources.items()},
    }
    for part in (*_PEOPLE, *(thing for thing in _THINGS if thing != "memory")):
        thing = getattr(facts, part)
        if thing is not None:
            told[part] = Provenance.DIRECTORY if thing.known else Provenance.UNKNOWN
    return told


def _flips(policy: Policy, facts: Facts, verdict: Verdict) -> Iterator[Flip]:
    for fact, before, after, changed in _changes(facts):
        other = policy.rule(changed).verdict
        looser = STRICTNESS[other] < STRICTNESS[verdict]
        if looser or (verdict is Verdict.AUTO and other is not verdict):
            yield Flip(fact=fact, before=_shown(before), after=_shown(after), verdict=other)


Change = tuple[str, Any, Any, Facts]
"""The fact's name, its value before and after, and all facts with it changed."""


def _changes(facts: Facts) -> Iterator[Change]:
    """Every set of facts that differs from `facts` in one fact."""
    for name in Facts.model_fields:
        if name not in _UNCHANGED.union(_PEOPLE, _THINGS):
            before = getattr(facts, name)
            for after in _others(name, before):
                yield name, before, after, facts.model_copy(update={name: after})
    for part in (*_PEOPLE, *_THINGS):
        yield from _part_changes(facts, part)
    yield from _mark_changes(facts)
    yield from _asker_changes(facts)


def _part_changes(facts: Facts, part: str) -> Iterator[Change]:
    """Change one field of a person or thing; ids change only towards the requester."""
    thing = getattr(facts, part)
    if thing is None:
        return
    asker = facts.requester.id if facts.requester else ""
    for name in type(thing).model_fields:
        before = getattr(thing, name)
        if name == "owner_ids":
            after: tuple[Any, ...] = ((*before, asker),) if asker and asker not in before else ()
        elif name == "owner_id":
            after = (asker,) if asker not in {"", before} else ()
        else:
            after = tuple(_others(name, before))
        for value in after:
            changed = thing.model_copy(update={name: value})
            yield f"{part}.{name}", before, value, facts.model_copy(update={part: changed})


def _mark_changes(facts: Facts) -> Iterator[Change]:
    for signal in sorted(facts.signals):
        fewer = facts.signals - {signal}
        yield f"signals.{signal}", True, False, facts.model_copy(update={"signals": fewer})
    if facts.others:
        yield "others", len(facts.others), 0, facts.model_copy(update={"others": (), "targets": 1})
    if "user" not in facts.sources:
        known = {**facts.sources, "user": Source.CALLER}
        yield "sources.user", None, Source.CALLER, facts.model_copy(update={"sources": known})


def _asker_changes(facts: Facts) -> Iterator[Change]:
    """Let the requester be something else to the person, or let the person or their manager ask."""
    said = facts.relation
    for relation in Relation:
        if relation is not said:
            yield "relation", said, relation, _asked_as(facts, relation)
    if facts.target is None or not facts.target.known:
        return
    manager = PersonFacts(known=True, id=facts.target.manager_id, enabled=True)
    for relation, asker in ((Relation.SELF, facts.target), (Relation.MANAGER, manager)):
        if relation is not said and asker.id:
            asked = _asked_as(facts, relation).model_copy(update={"requester": asker})
            yield "who asks", said, relation, asked


def _asked_as(facts: Facts, relation: Relation) -> Facts:
    return facts.model_copy(update={"relation": relation, "relations": frozenset({relation})})


def _others(name: str, value: Any) -> tuple[Any, ...]:
    """Other values worth trying for one fact."""
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, Enum):
        return tuple(one for one in type(value) if one is not value)
    if isinstance(value, int):
        return tuple(one for one in (0, 1, 100) if one != value)
    if isinstance(value, float):
        return (1.0,) if name == "confidence" and value < 1 else ()
    return ((),) if isinstance(value, tuple) and value else ()


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value)) or "none"
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not known"}[value]
    return str(int(value) if isinstance(value, IntEnum) else value)
