"""The things a make-believe tenant is made of: plain mutable records, no behaviour, no input or output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
Area = Literal["directory", "onprem", "vault", "mail", "automation", "servicenow"]
JobStatus = Literal["New", "Activating", "Running", "Completed", "Failed", "Stopped", "Suspended"]
StreamType = Literal["Output", "Warning", "Error", "Verbose"]


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """A password that can be recognised but not read back: a salted scrypt digest."""

    salt: bytes
    digest: bytes


@dataclass(slots=True)
class Group:
    """A group: Graph's properties, the object ids of owners and direct members, and the company's own marks.

    `kind` is `security`, `microsoft365` or `distribution`; `sensitive` is the company's word, not Graph's.
    """

    properties: Json
    owners: list[str]
    members: list[str]
    kind: str
    sensitive: bool


@dataclass(slots=True)
class Sku:
    """A licence the company bought: `enabled` seats, `elsewhere` of them held outside the known users."""

    sku_id: str
    part_number: str
    display_name: str
    enabled: int
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A directory role held by a principal: active, or only eligible through PIM."""

    id: str
    principal_id: str
    role: str
    eligible: bool


@dataclass(slots=True)
class AdAccount:
    """An account of the on-premises Active Directory, found by its sAMAccountName."""

    sam: str
    user_id: str
    enabled: bool
    locked: bool = False
    must_change: bool = False
    protected: bool = False
    password: PasswordHash | None = None
    password_set: datetime | None = None


@dataclass(slots=True)
class Mailbox:
    """A mailbox of Exchange: `location` is `cloud` or `onprem`, `type` is `Regular` or `Shared`.

    `rights` holds, by FullAccess, SendAs and SendOnBehalf, the lower-case addresses of those who have it;
    `needs_license` marks one that is too big, archived or held to live without a licence.
    """

    address: str
    display_name: str
    type: str
    location: str
    hidden: bool = False
    needs_license: bool = False
    rights: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Service:
    """A Windows service: its state as `Get-Service` words it and when it last started."""

    state: Literal["Running", "Stopped"]
    started_at: datetime
    restarts: int = 0


@dataclass(slots=True)
class Server:
    """A server with its services; `tier0` servers are those a directory stands on.

    `queues` are the printers of a print server, each with how many documents wait.
    """

    name: str
    services: dict[str, Service]
    worker_group: str
    tier0: bool
    queues: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Worker:
    """A hybrid runbook worker: asleep it neither checks in nor takes jobs."""

    name: str
    group: str
    last_seen: datetime
    asleep: bool = False


@dataclass(slots=True)
class SecretVersion:
    """One version of a vault secret with its attributes (times are aware datetimes)."""

    version: str
    value: str
    created: datetime
    updated: datetime
    content_type: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    enabled: bool = True
    not_before: datetime | None = None
    expires: datetime | None = None


@dataclass(slots=True)
class Vault:
    """Key Vault: versions by secret name, oldest first; a deleted secret waits under `deleted`."""

    secrets: dict[str, list[SecretVersion]] = field(default_factory=dict)
    deleted: dict[str, list[SecretVersion]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail accepted for delivery: `message` is Graph's message resource as it was sent."""

    id: str
    at: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    body: str
    message: Json


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """One record a job wrote: Output, Warning, Error or Verbose."""

    id: str
    at: datetime
    type: StreamType
    text: str


@dataclass(slots=True)
class Job:
    """An Automation job: `starts` counts how often its runbook began (a worker may begin it again)."""

    name: str
    job_id: str
    runbook: str
    parameters: dict[str, str]
    run_on: str
    started_by: str
    created: datetime
    modified: datetime
    status: JobStatus = "New"
    started: datetime | None = None
    ended: datetime | None = None
    exception: str | None = None
    starts: int = 0
    streams: list[StreamRecord] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """A change that took effect: when, by whom, what, to which object, from what to what; never a secret.

    `what` is the activity as Entra's audit log words it where there is such a word ("Reset user password");
    `correlation` is the caller's `client-request-id`.
    """

    id: str
    at: datetime
    actor: str
    area: Area
    what: str
    target: str
    target_name: str
    before: Json
    after: Json
    correlation: str = ""


@dataclass(slots=True)
class AppSecret:
    """A client secret of an app registration, recognisable by its digest and its first three characters."""

    key_id: str
    display_name: str
    hint: str
    digest: bytes
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class FederatedTrust:
    """Whose tokens stand for an app (federated identity credential), and the PEM key that they are signed by.

    A real Entra reads the keys from the issuer's own discovery document.
    """

    issuer: str
    subject: str
    key: bytes


@dataclass(slots=True)
class AppRegistration:
    """An app of the tenant with its credentials and what was granted to it.

    `granted` maps an audience (`https://graph.microsoft.com`, our API's `api://…`) to app roles;
    `id_claims` are the optional claims of its ID tokens; `azure_roles` are RBAC roles on the Automation
    account and the vault.
    """

    client_id: str
    object_id: str
    principal_id: str
    display_name: str
    secrets: list[AppSecret] = field(default_factory=list)
    certificates: list[bytes] = field(default_factory=list)
    trusts: list[FederatedTrust] = field(default_factory=list)
    granted: dict[str, set[str]] = field(default_factory=dict)
    azure_roles: set[str] = field(default_factory=set)
    redirect_uris: tuple[str, ...] = ()
    id_claims: tuple[str, ...] = ("auth_time",)
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """What a reader of a delta query had seen at a time: a fingerprint by object id, and what is to come.

    `options` are the `$select` and `$filter` of the first request, for which the token stands from then on.
    """

    at: datetime
    options: Mapping[str, str]
    seen: Mapping[str, str]
    waiting: Sequence[Json] = ()
