"""What is known of who asks, who is meant and what is wanted; "not known" is a value of its own."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, Field

from actions.vocabulary import Frozen, Route, Tier
from triage.domain.request import Source
from triage.domain.ticket import Channel


class Relation(StrEnum):
    """What the requester is to the person affected, read from Entra and never from the words."""

    SELF = "self"
    MANAGER = "manager"
    HR = "hr"
    IT = "it"
    COLLEAGUE = "colleague"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class Signal(StrEnum):
    """Marks in the words that make automation unwise (policy-defaults.md, cross-cutting guards)."""

    MACHINE_ADDRESSED = "machine_addressed"
    SKIP_CHECKS = "skip_checks"
    ALERTS_OFF = "alerts_off"
    PRIVATE_DELIVERY = "private_delivery"
    CONTRADICTION = "contradiction"
    SECOND_ASK = "second_ask"
    MFA_AND_PASSWORD = "mfa_and_password"  # noqa: S105 - a mark, no password
    LOOKALIKE = "lookalike"
    HIDDEN_CHARACTERS = "hidden_characters"
    OTHER_SYSTEM = "other_system"
    WITHDRAWN = "withdrawn"
    QUESTION = "question"
    SEVERAL_TARGETS = "several_targets"


class PersonFacts(Frozen):
    """A person as Entra shows them now.

    `known` is false when a look-up failed; then every other field is worthless and nothing may be automated.
    `protected` is the site's own list. Role names are Entra's display names.
    """

    known: bool
    id: str = ""
    upn: str = ""
    mail: str = ""
    display_name: str = ""
    employee_id: str = ""
    department: str = ""
    job_title: str = ""
    office: str = ""
    usage_location: str = ""
    sam_account_name: str = ""
    manager_id: str = ""
    enabled: bool = False
    guest: bool = False
    synced: bool = False
    service: bool = False
    break_glass: bool = False
    protected: bool = False
    vip: bool = False
    management_restricted: bool = False
    active_roles: tuple[str, ...] = ()
    eligible_roles: tuple[str, ...] = ()
    in_role_assignable_group: bool = False
    licenses: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    last_sign_in: AwareDatetime | None = None

    @property
    def privileged(self) -> bool:
        """Whether an active or eligible directory role, or a role-assignable group, is held."""
        return bool(self.active_roles or self.eligible_roles or self.in_role_assignable_group)


class GroupFacts(Frozen):
    """A group as Entra shows it now; `kind` is security, microsoft365, distribution or mailsecurity."""

    known: bool
    id: str = ""
    name: str = ""
    kind: str = ""
    dynamic: bool = False
    role_assignable: bool = False
    synced: bool = False
    sensitive: bool = False
    tier0: bool = False
    owner_ids: tuple[str, ...] = ()
    member_count: int = 0


class LicenseFacts(Frozen):
    """A licence and its seats; `free` counts seats, `base` tells a base plan from an add-on."""

    known: bool
    sku: str = ""
    sku_id: str = ""
    free: int = 0
    base: bool = False


class ServiceFacts(Frozen):
    """A service on a server, by the site's list; `allowed` = on the allow-list."""

    known: bool
    server: str = ""
    service: str = ""
    worker_group: str = ""
    allowed: bool = False
    tier0: bool = False


class MemoryFacts(Frozen):
    """What was asked or done lately; counts are numbers of actions by itself in the window.

    `known` is false when the memory could not be read, and then nothing may be automated.
    """

    known: bool = False
    duplicate_of: str = ""
    credential_24h: int = 0
    credential_30d: int = 0
    factor_change_72h: bool = False
    password_change_72h: bool = False
    requester_24h: int = 0
    action_1h: int = 0
    tenant_1h: int = 0
    alike_10m: int = 0


class Facts(Frozen):
    """Everything a decision rests on. The policy sees nothing else.

    `requester` is `None` when the caller is nobody in the directory; `target` is `None` when the label has no
    affected person or it was not resolved. `targets` counts the people meant.
    """

    label: str
    confidence: float = Field(ge=0, le=1)
    accepted: bool
    novelty: float = 0.0
    empty_text: bool = False
    channel: Channel
    vouched: bool = False
    requester: PersonFacts | None = None
    target: PersonFacts | None = None
    targets: int = 1
    relation: Relation = Relation.UNKNOWN
    sources: dict[str, Source] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    signals: frozenset[Signal] = frozenset()
    group: GroupFacts | None = None
    license: LicenseFacts | None = None
    service: ServiceFacts | None = None
    memory: MemoryFacts = MemoryFacts()
    action: str = ""
    tier: Tier = Tier.EXCEPTIONAL
    route: Route = Route.NONE
    has_playbook: bool = False
    blockers: tuple[str, ...] = ()
    halted: bool = False
