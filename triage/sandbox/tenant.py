"""The make-believe tenant all sandbox APIs share: its state, how things are found in it, its change log."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from triage.clock import Clock
from triage.sandbox import passwords
from triage.sandbox.records import (
    AdAccount,
    AppRegistration,
    Area,
    Change,
    Group,
    Job,
    Json,
    Look,
    Mail,
    Mailbox,
    PasswordHash,
    RoleAssignment,
    Server,
    Sku,
    Vault,
    Worker,
)


@dataclass(slots=True)
class Tenant:
    """The company as it is now.

    `users` holds Graph's user properties by object id (camelCase, with `assignedLicenses` and
    `licenseAssignmentStates`); `managers` maps a user's id to the manager's; `ad` and `servers` are keyed by
    lower-case name; `passwords` holds hashes of cloud passwords by user id; `mailboxes` display
    names of shared mailboxes by address; `exchange` all mailboxes by lower-case address; `api_roles` the
    roles of people in our own API; `devices` holds Intune's properties by device id; `looks` the tokens of
    delta queries. `clock` gives the tenant's time as an aware datetime.
    """

    id: str
    domain: str
    display_name: str
    clock: Clock
    world: Json
    users: dict[str, Json] = field(default_factory=dict)
    managers: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, PasswordHash] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    skus: dict[str, Sku] = field(default_factory=dict)
    mailboxes: dict[str, str] = field(default_factory=dict)
    exchange: dict[str, Mailbox] = field(default_factory=dict)
    roles: list[RoleAssignment] = field(default_factory=list)
    apps: dict[str, AppRegistration] = field(default_factory=dict)
    ad: dict[str, AdAccount] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)
    vault: Vault = field(default_factory=Vault)
    jobs: dict[str, Job] = field(default_factory=dict)
    runbook_results: dict[tuple[str, str], Json] = field(default_factory=dict)
    outbox: list[Mail] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    api_roles: dict[str, list[str]] = field(default_factory=dict)
    past: Past | None = None
    devices: dict[str, Json] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """What readers still see of a tenant whose last write has not reached every replica yet."""

    tenant: Tenant
    until: datetime


def new_id(tenant: Tenant, kind: str) -> str:
    """Return the next object id of this kind: a GUID that is the same in every run."""
    number = tenant.counters.get(kind, 0) + 1
    tenant.counters[kind] = number
    return stable_id(tenant.id, kind, str(number))


@lru_cache(maxsize=1 << 16)  # founding a company asks for thousands, and tests found it a thousand times
def stable_id(*parts: str) -> str:
    """Return the GUID that always belongs to these names."""
    return str(uuid5(NAMESPACE_URL, "/".join(parts)))


def user_by_key(tenant: Tenant, key: str) -> Json | None:
    """Return the user with this object id or userPrincipalName (any letter case), or None."""
    if _is_guid(key):
        return tenant.users.get(key.lower())
    wanted = key.casefold()
    return next((u for u in tenant.users.values() if u["userPrincipalName"].casefold() == wanted), None)


def user_by_mail(tenant: Tenant, address: str) -> Json | None:
    """Return the user whose mail or userPrincipalName is this address (any letter case), or None."""
    wanted = address.casefold()
    names = ("mail", "userPrincipalName")
    return next(
        (u for u in tenant.users.values() if any((u[n] or "").casefold() == wanted for n in names)), None
    )


def manager_of(tenant: Tenant, user_id: str) -> Json | None:
    """Return the user's manager, or None."""
    return tenant.users.get(tenant.managers.get(user_id, ""))


def group_by_name(tenant: Tenant, display_name: str) -> Group | None:
    """Return the first group with exactly this display name, or None."""
    return next((g for g in tenant.groups.values() if g.properties["displayName"] == display_name), None)


def groups_of(tenant: Tenant, member_id: str) -> Iterator[Group]:
    """Yield every group the object is in, directly or through another group, each once."""
    todo, seen = [member_id], set[str]()
    while todo:
        current = todo.pop()
        for group_id, group in tenant.groups.items():
            if current in group.members and group_id not in seen:
                seen.add(group_id)
                todo.append(group_id)
                yield group


def roles_of(tenant: Tenant, principal_id: str, *, eligible: bool = False) -> list[str]:
    """Return the names of the directory roles the principal holds (active by default, else PIM-eligible)."""
    return [r.role for r in tenant.roles if r.principal_id == principal_id and r.eligible is eligible]


def consumed_seats(tenant: Tenant, sku_id: str) -> int:
    """Return how many seats of the licence are taken."""
    held = sum(any(a["skuId"] == sku_id for a in u["assignedLicenses"]) for u in tenant.users.values())
    return held + tenant.skus[sku_id].elsewhere


def opens_account(tenant: Tenant, user_id: str, password: str) -> bool:
    """Tell whether this password opens the person's account: in AD for synced people, else in Entra."""
    user = tenant.users[user_id]
    if user["onPremisesSyncEnabled"]:
        account = tenant.ad.get((user["onPremisesSamAccountName"] or "").lower())
        return account is not None and passwords.opens(account.password, password)
    return passwords.opens(tenant.passwords.get(user_id), password)


def record(
    tenant: Tenant,
    *,
    actor: str,
    area: Area,
    what: str,
    target: tuple[str, str],
    before: Json,
    after: Json,
    correlation: str = "",
) -> Change:
    """Write one effect into the change log and return it; `target` is (id, name), no value is a secret."""
    change = Change(
        new_id(tenant, "change"),
        tenant.clock(),
        actor,
        area,
        what,
        *target,
        before=before,
        after=after,
        correlation=correlation,
    )
    tenant.changes.append(change)
    return change


def hide_writes_until(tenant: Tenant, until: datetime) -> None:
    """Let readers see the directory as they see it now, until that time, whatever is written meanwhile."""
    as_read(tenant)
    if tenant.past is not None:
        tenant.past = Past(tenant.past.tenant, max(until, tenant.past.until))
        return
    frozen = {
        name: copy.deepcopy(getattr(tenant, name))
        for name in ("users", "managers", "groups", "skus", "roles")
    }
    tenant.past = Past(dataclasses.replace(tenant, **frozen, past=None), until)


def as_read(tenant: Tenant) -> Tenant:
    """Return the tenant as an eventually consistent reader sees it: the past one while writes are hidden."""
    if tenant.past is not None and tenant.clock() < tenant.past.until:
        return tenant.past.tenant
    tenant.past = None
    return tenant


def _is_guid(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True
