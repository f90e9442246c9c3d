"""What is known of who asks, who is meant and what is wanted; "not known" is a value of its own."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, Field, field_serializer

from actions.vocabulary import Frozen, Route, Tier
from triage.domain.lately import MemoryFacts
from triage.domain.request import Source
from triage.domain.ticket import Channel


class Relation(StrEnum):
    """What the requester is to the person affected, `OWNER` to the thing asked for; never by the words."""

    SELF = "self"
    MANAGER = "manager"
    HR = "hr"
    IT = "it"
    SAME_TEAM = "same_team"
    OWNER = "owner"
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
    PRIVILEGED_ROLE = "privileged_role"
    DELETION = "deletion"


class PersonFacts(Frozen):
    """A person as Entra shows them now.

    `known` is false when a look-up failed; then every other field is worthless and nothing may be automated.
    Role names are Entra's display names.

    Attributes:
        protected: on the site's own list of people that are never automated.
        own_identity: an account of this service, its runners or its approvers (safety.md A3).
        management_restricted: in a restricted management administrative unit.
        onprem_protected: in a protected group of Active Directory, adminCount = 1 (A1).
        owns_privileged_app: owner of an app registration with powerful permissions (A1).
        sensitive: works in IT, security, identity or payroll, or assists an executive (A2).
        legal_hold: mailbox or account is under legal hold.
        dormant: no sign-in for 90 days, or no match in HR (A5).
        at_risk: Entra's user or sign-in risk is medium or more, or confirmed compromised (B8).
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
    own_identity: bool = False
    onprem_protected: bool = False
    owns_privileged_app: bool = False
    sensitive: bool = False
    legal_hold: bool = False
    dormant: bool = False
    at_risk: bool = False
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
    license_bearing: bool = False
    owner_ids: tuple[str, ...] = ()
    member_count: int = 0


class IdleSeat(Frozen):
    """A seat that nobody uses: whose it is, and why it counts as idle, in plain words."""

    id: str
    upn: str
    name: str
    why: str


class LicenseFacts(Frozen):
    """A licence and its seats; `free` counts seats, `base` tells a base plan from an add-on.

    Attributes:
        by_group: a group gives it; that group is then the `group` of the facts, where there is only one.
        idle: the seats that could be taken back, those of disabled accounts first; told when none is free.
        price: what a seat costs, by the site's own list; empty when the site does not say.
    """

    known: bool
    sku: str = ""
    sku_id: str = ""
    free: int = 0
    base: bool = False
    by_group: bool = False
    idle: tuple[IdleSeat, ...] = ()
    price: str = ""


class ServiceFacts(Frozen):
    """A service on a server, by the site's list; `allowed` = on the allow-list."""

    known: bool
    server: str = ""
    service: str = ""
    worker_group: str = ""
    allowed: bool = False
    tier0: bool = False


class MailboxFacts(Frozen):
    """A shared mailbox; `owner_ids` are the people who answer for it. Its location is cloud or onprem."""

    known: bool
    address: str = ""
    location: str = ""
    owner_ids: tuple[str, ...] = ()


class ShareFacts(Frozen):
    """A file share; `owner_ids` are the head and the managers of the department that owns the data."""

    known: bool
    path: str = ""
    owner: str = ""
    sensitive: bool = False
    owner_ids: tuple[str, ...] = ()


class DeviceFacts(Frozen):
    """A device as Intune or Entra shows it; `owner_id` is the person it belongs to."""

    known: bool
    id: str = ""
    name: str = ""
    owner_id: str = ""
    operating_system: str = ""


class Facts(Frozen):
    """Everything a decision rests on. The policy sees nothing else.

    Attributes:
        vouched: caller and channel were read from the ITSM itself (`Ticket.caller_vouched`).
        requester: who asks; `None` when the caller is nobody in the directory (then `relation` is `OUTSIDE`)
            or could not be told (then it is `UNKNOWN`).
        target: the one person whose account, data or access changes: `user`, for mailbox permissions and
            shared mailboxes the `trustee`, for calendars the `calendar_owner`; `None` when the label has none
            (a new person, a server) or it was not resolved.
        others: the further people meant, when several are meant.
        trustee: who gains access to something of the target (calendars, a leaver's delegate).
        newcomer_groups: object ids of the groups the site puts somebody new of this department into.
        newcomer_manager_id: object id of the manager that somebody new is to have.
        mailbox_owner: the person a personal mailbox belongs to, when a permission on it is asked.
        group: the group asked for, or the one whose members have the access to a share that is asked for.
        targets: how many people are meant; more than one is always a matter for people.
        relation: what the requester is to the target, the closest one.
        relations: all that the requester is to the target, at least `relation`; the manager of a direct
            report may be HR or IT staff too.
        requester_chain: ids of the requester's managers up to the top, nearest first.
        sources: where each parameter came from.
        missing, ambiguous: parameters that were not given, or match several directory objects.
        attribute, access, device_action: the bounded values asked for (interfaces.md section 2).
        traces: what a misused account shows of inbox rules and sign-in methods; a line each, for people.
        blockers: sentences of the action's own `check`.
        halted: the kill switch is on for this action, tier or label.
        off_hours: by the site's hours the person affected, or else the requester, is not at work now.
        change_freeze: the site changes nothing by itself now.
        shadow: the site lets this label only show what it would do.
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
    others: tuple[PersonFacts, ...] = ()
    trustee: PersonFacts | None = None
    newcomer_manager_id: str = ""
    newcomer_groups: tuple[str, ...] = ()
    mailbox_owner: PersonFacts | None = None
    targets: int = 1
    relation: Relation = Relation.UNKNOWN
    relations: frozenset[Relation] = frozenset()
    requester_chain: tuple[str, ...] = ()
    sources: dict[str, Source] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    attribute: str = ""
    access: str = ""
    device_action: str = ""
    signals: frozenset[Signal] = frozenset()
    group: GroupFacts | None = None
    license: LicenseFacts | None = None
    service: ServiceFacts | None = None
    mailbox: MailboxFacts | None = None
    share: ShareFacts | None = None
    device: DeviceFacts | None = None
    memory: MemoryFacts = MemoryFacts()
    action: str = ""
    tier: Tier = Tier.EXCEPTIONAL
    route: Route = Route.NONE
    has_playbook: bool = False
    traces: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    halted: bool = False
    off_hours: bool = False
    change_freeze: bool = False
    shadow: bool = False

    @field_serializer("relations", "signals")
    def _in_order(self, marks: frozenset[StrEnum]) -> list[str]:
        """Sets are written in order, so that one set of facts has one text."""
        return sorted(mark.value for mark in marks)
