"""Builds a tenant from a world, the JSON of a make-believe company: people, groups, AD, servers, workers."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from triage.clock import Clock
from triage.sandbox.devices import first_device
from triage.sandbox.factors import first_methods
from triage.sandbox.outlook import first_mailboxes, first_permissions, first_settings
from triage.sandbox.records import AdAccount, Group, Json, RoleAssignment, Server, Service, Sku, Worker
from triage.sandbox.registrations import register_apps
from triage.sandbox.tenant import Tenant, stable_id

_DAY = timedelta(days=1)
_PRINTERS = 2
"""How many printers each print server has."""


def found(world: Json, clock: Clock) -> Tenant:
    """Return the tenant of this world as it stands at the clock's time; the world itself is left untouched.

    The world has `organization`, `users`, `groups`, `licenses` and `servers` (training/data/companies/). Two
    AD accounts cannot share a name, so a second holder of a sAMAccountName gets a number behind it.
    """
    organization, now = world["organization"], clock()
    tenant = Tenant(
        organization["tenantId"], organization["domain"], organization["displayName"], clock, world
    )
    for licence in world["licenses"]:
        tenant.skus[licence["skuId"]] = Sku(
            licence["skuId"], licence["skuPartNumber"], licence["displayName"], licence["enabled"]
        )
    for box in world.get("sharedMailboxes", ()):
        tenant.mailboxes[box["address"]] = box["displayName"]
    tenant.exchange = first_mailboxes(world)
    tenant.mailboxes[service_desk(tenant)] = "IT Service Desk"
    _add_people(tenant, world, now)
    _set_elsewhere(tenant, world)
    for entry in world["groups"]:
        tenant.groups[entry["id"]] = _group(entry, now)
    _add_machines(tenant, world, now)
    owners = {user["userPrincipalName"]: user for user in tenant.users.values()}
    for entry in world.get("devices", ()):
        tenant.devices[entry["id"]] = first_device(entry, owners.get(entry["user"]), now)
    register_apps(tenant, now)
    return tenant


def _add_people(tenant: Tenant, world: Json, now: datetime) -> None:
    sku_ids = {sku.part_number: sku.sku_id for sku in tenant.skus.values()}
    sams, protected = _sam_names(world["users"]), _protected(world)
    for entry in world["users"]:
        sam = sams.get(entry["id"])
        user = tenant.users[entry["id"]] = _user(
            entry, tenant, sam, [sku_ids[s] for s in entry["licenses"]], now
        )
        if entry["manager"]:
            tenant.managers[entry["id"]] = entry["manager"]
        for role, eligible in [(r, False) for r in entry["roles"]] + [
            (r, True) for r in entry["eligibleRoles"]
        ]:
            assignment = stable_id(tenant.id, "role", entry["id"], role, str(eligible))
            tenant.roles.append(RoleAssignment(assignment, entry["id"], role, eligible))
        if sam:
            tenant.ad[sam.lower()] = AdAccount(
                sam,
                entry["id"],
                enabled=entry["accountEnabled"],
                # One account in eight is locked, so that there is something to unlock.
                locked=crc32(entry["id"].encode()) % 8 == 0,
                protected=entry["id"] in protected,
                password_set=datetime.fromisoformat(user["lastPasswordChangeDateTime"]),
            )


def _sam_names(users: list[Json]) -> dict[str, str]:
    """Give each person an AD name of their own; synced people, whose names AD already holds, choose first."""
    names: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for entry in sorted(users, key=lambda e: not e["onPremisesSyncEnabled"]):
        sam = entry["onPremisesSamAccountName"]
        if sam is not None:
            taken[sam.lower()] += 1
            names[entry["id"]] = sam if taken[sam.lower()] == 1 else f"{sam}{taken[sam.lower()]}"
    return names


def _protected(world: Json) -> set[str]:
    """Whom AD protects (adminCount): holders of directory roles and members of its domain admins."""
    admins = [g for g in world["groups"] if "domain-admins" in g["displayName"].casefold()]
    return {u["id"] for u in world["users"] if u["roles"]} | {m for g in admins for m in g["members"]}


def _user(entry: Json, tenant: Tenant, sam: str | None, sku_ids: list[str], now: datetime) -> Json:
    age = 10 + crc32(entry["id"].encode()) % 80
    set_at = graph_time(now - age * _DAY)
    synced = entry["onPremisesSyncEnabled"]
    return {
        **{key: entry[key] for key in _COPIED},
        "businessPhones": [],
        "preferredLanguage": None,
        "mailNickname": entry["userPrincipalName"].split("@")[0],
        "companyName": None if entry["userType"] == "Guest" else tenant.display_name,
        "proxyAddresses": [f"SMTP:{entry['mail']}"] if entry["mail"] else [],
        "otherMails": [],
        "createdDateTime": graph_time(now - 900 * _DAY),
        "onPremisesSamAccountName": sam,
        "onPremisesDomainName": tenant.domain if synced else None,
        "onPremisesDistinguishedName": f"CN={entry['displayName']},OU=People,DC=harborline"
        if synced
        else None,
        "onPremisesImmutableId": stable_id(entry["id"], "immutable")[:22] + "==" if synced else None,
        "onPremisesLastSyncDateTime": graph_time(now - timedelta(minutes=20)) if synced else None,
        "assignedLicenses": [{"skuId": sku_id, "disabledPlans": []} for sku_id in sku_ids],
        "licenseAssignmentStates": [licence_state(sku_id, set_at) for sku_id in sku_ids],
        "assignedPlans": [],
        "lastPasswordChangeDateTime": set_at,
        "signInSessionsValidFromDateTime": set_at,
        "isManagementRestricted": None,
        "authenticationMethods": first_methods(entry),
        "mailboxSettings": first_settings(now),
        "calendarPermissions": first_permissions(entry["id"]),
        "signInActivity": _sign_in(entry["lastSignIn"]),
    }


_COPIED = (
    *("id", "userPrincipalName", "mail", "displayName", "givenName", "surname", "employeeId", "department"),
    *("jobTitle", "officeLocation", "usageLocation", "accountEnabled", "userType", "onPremisesSyncEnabled"),
    "mobilePhone",
)


def service_desk(tenant: Tenant) -> str:
    """Return the shared mailbox the service desk sends from."""
    return f"servicedesk@{tenant.domain}"


def graph_time(moment: datetime) -> str:
    """Return the time as Graph writes it: UTC, whole seconds, `Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def licence_state(sku_id: str, at: str) -> Json:
    """Return a `licenseAssignmentState` of a licence assigned directly at that time (Graph's form)."""
    return {
        "skuId": sku_id,
        "assignedByGroup": None,
        "state": "Active",
        "error": "None",
        "lastUpdatedDateTime": at,
        "disabledPlans": [],
    }


def _sign_in(last: str | None) -> Json | None:
    if last is None:
        return None
    request = stable_id("sign-in", last)
    kinds = ("lastSignIn", "lastNonInteractiveSignIn", "lastSuccessfulSignIn")
    times: dict[str, Any] = {f"{kind}DateTime": last for kind in kinds}
    return times | {f"{kind}RequestId": request for kind in kinds}


def _set_elsewhere(tenant: Tenant, world: Json) -> None:
    for licence in world["licenses"]:
        held = sum(licence["skuPartNumber"] in user["licenses"] for user in world["users"])
        tenant.skus[licence["skuId"]].elsewhere = max(0, licence["consumed"] - held)


def _group(entry: Json, now: datetime) -> Group:
    kinds = ["Unified"] if entry["kind"] == "microsoft365" else []
    dynamic = ["DynamicMembership"] if entry["dynamicMembership"] else []
    properties: Json = {
        "id": entry["id"],
        "displayName": entry["displayName"],
        "description": None,
        "mail": entry["mail"],
        "mailNickname": entry["displayName"].replace(" ", ""),
        "mailEnabled": entry["kind"] != "security",
        "securityEnabled": entry["kind"] == "security",
        "groupTypes": kinds + dynamic,
        "membershipRule": "(user.accountEnabled -eq true)" if dynamic else None,
        "isAssignableToRole": entry["isAssignableToRole"] or None,
        "onPremisesSyncEnabled": entry["onPremisesSyncEnabled"],
        "onPremisesSecurityIdentifier": _sid(entry["id"]) if entry["onPremisesSyncEnabled"] else None,
        "visibility": "Private" if kinds else None,
        "createdDateTime": graph_time(now - 700 * _DAY),
        "proxyAddresses": [f"SMTP:{entry['mail']}"] if entry["mail"] else [],
        "assignedLicenses": [],
    }
    return Group(properties, list(entry["owners"]), list(entry["members"]), entry["kind"], entry["sensitive"])


def _sid(group_id: str) -> str:
    """Return the security identifier Active Directory gave this group: one domain, a number of its own."""
    return f"S-1-5-21-1004336348-1177238915-682003330-{1100 + crc32(group_id.encode()) % 100_000}"


def _add_machines(tenant: Tenant, world: Json, now: datetime) -> None:
    for entry in world["servers"]:
        services = {name: Service("Running", now - 30 * _DAY) for name in entry["services"]}
        place = entry["workerGroup"]
        printers = range(1, _PRINTERS + 1) if "Spooler" in services else ()
        queues = {f"PRN-{place[:3].upper()}-{number:02}": 3 * number for number in printers}
        server = Server(entry["name"], services, place, entry["tier0"], queues)
        tenant.servers[entry["name"].lower()] = server
    groups = {server.worker_group for server in tenant.servers.values()} or {"onprem"}
    for group in sorted(groups):
        tenant.workers.append(Worker(f"HL-HRW-{group[:3].upper()}", group, now))
