"""The finite space of facts the proofs walk through, and random facts for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from hypothesis import strategies as st

from actions.vocabulary import Route, Tier
from models.labels import ACTIONABLE
from tests.policy.conftest import ask
from triage.domain.facts import (
    DeviceFacts,
    Facts,
    GroupFacts,
    LicenseFacts,
    MailboxFacts,
    PersonFacts,
    Relation,
    ServiceFacts,
    ShareFacts,
    Signal,
)
from triage.domain.lately import MemoryFacts
from triage.domain.request import Source
from triage.domain.ticket import Channel

POWERS: Final[dict[str, dict[str, object]]] = {
    "active role": {"active_roles": ("Helpdesk Administrator",)},
    "eligible role": {"eligible_roles": ("Global Administrator",)},
    "role-assignable group": {"in_role_assignable_group": True},
    "protected group of Active Directory": {"onprem_protected": True},
    "powerful application": {"owns_privileged_app": True},
    "protected list": {"protected": True},
    "restricted unit": {"management_restricted": True},
    "own identity": {"own_identity": True},
    "service account": {"service": True},
    "break-glass account": {"break_glass": True},
}
"""Every way in which an account is never to be touched (safety.md A1, A3)."""

_IDS = ("anna", "ben", "mia", "")


KINDS: Final = ("active role", "protected list", "service account", "break-glass account")
"""One power of each kind that the rules tell apart; `test_every_power_is_of_a_kind` holds them to it."""


def asks_for(power: str) -> Iterator[tuple[str, Facts]]:
    """Every ask that means somebody with this power: any label, place, relation, channel; else favourable."""
    someone, asker = ask("password_reset").target, ask("license_assign").requester
    assert someone is not None
    mighty = someone.model_copy(update=POWERS[power])
    for label in ACTIONABLE:
        base = ask(label)
        for place, relation, channel in product(
            ("target", "mailbox_owner", "others"), Relation, (Channel.SELF_SERVICE, Channel.EMAIL)
        ):
            facts = base.model_copy(
                update={
                    place: (mighty,) if place == "others" else mighty,
                    "relation": relation,
                    "relations": frozenset({Relation.HR, Relation.IT}),
                    "requester": _asker(relation, mighty, asker),
                    "channel": channel,
                }
            )
            yield f"{label}, {power} as {place}, asked as {relation} by {channel}", facts


def _asker(relation: Relation, mighty: PersonFacts, other: PersonFacts | None) -> PersonFacts | None:
    if relation is Relation.OUTSIDE:
        return None
    return mighty if relation is Relation.SELF else other


def unknowns(facts: Facts) -> Iterator[tuple[str, Facts]]:
    """The ask with one thing unknown, while all that is said of it stays favourable."""
    for name in (
        *("requester", "target", "trustee", "mailbox_owner", "group", "license", "service", "mailbox"),
        *("share", "device", "memory"),
    ):
        thing = getattr(facts, name)
        if thing is not None:
            yield name, facts.model_copy(update={name: thing.model_copy(update={"known": False})})
    yield "relation", facts.model_copy(update={"relation": Relation.UNKNOWN, "relations": frozenset()})
    yield "one of several", facts.model_copy(update={"others": (PersonFacts(known=False),)})
    yield "missing", facts.model_copy(update={"missing": ("user",)})
    yield "ambiguous", facts.model_copy(update={"ambiguous": ("user",)})
    if facts.label in {"password_reset", "account_unlock", "mfa_reset"}:
        yield "provenance", facts.model_copy(update={"sources": {}})


people = st.builds(
    PersonFacts,
    known=st.sampled_from((True, True, True, False)),
    id=st.sampled_from(_IDS),
    employee_id=st.sampled_from(("1", "2", "")),
    manager_id=st.sampled_from(_IDS),
    enabled=st.sampled_from((True, True, False)),
    guest=st.sampled_from((False, False, True)),
    synced=st.booleans(),
    service=st.sampled_from((False, False, False, True)),
    break_glass=st.sampled_from((False, False, False, True)),
    protected=st.sampled_from((False, False, False, True)),
    own_identity=st.sampled_from((False, False, False, True)),
    vip=st.sampled_from((False, False, True)),
    sensitive=st.sampled_from((False, False, True)),
    active_roles=st.sampled_from(((), (), ("Global Administrator",))),
    eligible_roles=st.sampled_from(((), (), ("User Administrator",))),
    department=st.sampled_from(("Sales", "Finance", 'a"; // b')),
)
_owners = st.lists(st.sampled_from(_IDS[:3]), max_size=2, unique=True).map(tuple)
_known = st.sampled_from((True, True, True, False))

facts = st.builds(
    Facts,
    label=st.sampled_from((*ACTIONABLE, "other", "a_label_of_the_site")),
    confidence=st.floats(0, 1),
    accepted=st.sampled_from((True, True, False)),
    novelty=st.floats(0, 1),
    empty_text=st.sampled_from((False, False, False, True)),
    channel=st.sampled_from((Channel.SELF_SERVICE, *Channel)),
    vouched=st.sampled_from((True, True, False)),
    requester=st.none() | people,
    target=st.none() | people,
    others=st.sampled_from((0, 0, 0, 1)).flatmap(lambda n: st.tuples(*[people] * n)),
    trustee=st.none() | people,
    mailbox_owner=st.none() | people,
    targets=st.sampled_from((1, 1, 1, 3)),
    relation=st.sampled_from(Relation),
    relations=st.frozensets(st.sampled_from(Relation), max_size=3),
    sources=st.sampled_from(({}, {"user": Source.CALLER}, {"user": Source.TEXT})),
    missing=st.sampled_from(((), (), ("user",))),
    ambiguous=st.sampled_from(((), (), ("user",))),
    attribute=st.sampled_from(("", "officeLocation", "jobTitle", "mobilePhone", "manager")),
    access=st.sampled_from(("", "read", "write", "Reviewer", "Owner")),
    device_action=st.sampled_from(("", "lock", "wipe")),
    signals=st.frozensets(st.sampled_from(Signal), max_size=2),
    group=st.none()
    | st.builds(
        GroupFacts,
        known=_known,
        dynamic=st.booleans(),
        role_assignable=st.booleans(),
        tier0=st.booleans(),
        synced=st.booleans(),
        sensitive=st.booleans(),
        owner_ids=_owners,
        member_count=st.integers(0, 1000),
    ),
    license=st.none() | st.builds(LicenseFacts, known=_known, free=st.integers(-1, 3), base=st.booleans()),
    service=st.none() | st.builds(ServiceFacts, known=_known, allowed=st.booleans(), tier0=st.booleans()),
    mailbox=st.none() | st.builds(MailboxFacts, known=_known, owner_ids=_owners),
    share=st.none() | st.builds(ShareFacts, known=_known, sensitive=st.booleans(), owner_ids=_owners),
    device=st.none() | st.builds(DeviceFacts, known=_known, owner_id=st.sampled_from(_IDS)),
    memory=st.builds(
        MemoryFacts,
        known=st.sampled_from((True, True, False)),
        duplicate_of=st.sampled_from(("", "", "INC1")),
        credential_24h=st.integers(0, 3),
        factor_change_72h=st.sampled_from((False, False, True)),
        password_change_72h=st.sampled_from((False, False, True)),
        alike_10m=st.sampled_from((0, 0, 50)),
        credentials_of_others_24h=st.sampled_from((0, 0, 3)),
        breaker_open=st.sampled_from((False, False, True)),
    ),
    action=st.sampled_from(("an_action", "an_action", "")),
    tier=st.sampled_from(Tier),
    route=st.sampled_from(Route),
    has_playbook=st.sampled_from((True, True, False)),
    blockers=st.sampled_from(((), (), ("no",))),
    halted=st.sampled_from((False, False, True)),
    off_hours=st.sampled_from((False, False, True)),
    change_freeze=st.sampled_from((False, False, False, True)),
    shadow=st.sampled_from((False, False, False, True)),
)
