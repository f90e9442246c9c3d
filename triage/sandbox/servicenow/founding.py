"""Builds the instance of a company: people, assignment groups, servers and choice lists, no tickets yet."""

from triage.sandbox.records import Json
from triage.sandbox.servicenow.choices import CHOICES
from triage.sandbox.servicenow.instance import (
    INTEGRATION_USER,
    Account,
    Instance,
    Row,
    blank_row,
    credentials,
    now_text,
    sys_id_of,
)
from triage.sandbox.servicenow.schema import TABLES
from triage.sandbox.tenant import Tenant

# What the integration user needs and no more (roles as in the base system).
ROLES = frozenset(
    {"snc_platform_rest_api_access", "itil", "sn_incident_write", "sn_request_write", "approval_admin"}
)
SERVICE_DESK = "Service Desk"
_GROUPS = {
    SERVICE_DESK: "First contact for everybody",
    "Identity and Access": "Accounts, roles, licences, access to data",
    "Collaboration": "Mail, calendars, Teams, SharePoint",
    "Security": "Incidents, lost devices, compromised accounts",
    "Hardware": "Notebooks, phones, accessories",
    "Server Operations": "Servers and the services on them",
    "Network": "LAN, WLAN, VPN, lines",
    "Print": "Printers, labels, print servers",
    "Telephony": "Desk phones, call queues, mobile contracts",
    "ERP": "Finance and logistics applications",
    "Warehouse Systems": "Scanners, terminals, warehouse management",
    "HR Systems": "Payroll, time, personnel files",
    "Developer Tools": "Repositories, build machines",
    "Procurement": "Orders and contracts",
    "Facilities": "Buildings, badges, furniture",
}
_SYNCED_KINDS = {"person", "guest"}


def found(tenant: Tenant) -> Instance:
    """Return a new instance over this tenant, as it stands at the tenant's time.

    People come from the directory once, as a nightly import would bring them; later changes there do not show
    in `sys_user`.
    """
    made = credentials(tenant)
    account = Account(made.user_name, ROLES, made.password)
    instance = Instance(tenant, {table: {} for table in TABLES}, {made.user_name: account})
    for values in _people(tenant):
        _add(instance, "sys_user", values)
    desk_lead = _desk_lead(tenant)
    for name, description in _GROUPS.items():
        group = {"name": name, "description": description, "active": "true", "manager": desk_lead}
        _add(instance, "sys_user_group", group | {"sys_id": sys_id_of(tenant, "group", name)})
    for server in tenant.servers.values():
        item = {"name": server.name, "sys_class_name": "cmdb_ci_win_server", "operational_status": "1"}
        _add(instance, "cmdb_ci", item | {"sys_id": sys_id_of(tenant, "ci", server.name)})
    for (table, element), labels in CHOICES.items():
        for sequence, (value, label) in enumerate(labels.items()):
            _add(instance, "sys_choice", _choice(tenant, (table, element, value), label, sequence))
    return instance


def _add(instance: Instance, table: str, values: Row) -> None:
    now = now_text(instance)
    stamps = {
        "sys_created_on": now,
        "sys_created_by": "admin",
        "sys_updated_on": now,
        "sys_updated_by": "admin",
        "sys_mod_count": "0",
    }
    columns = TABLES[table]
    row = blank_row(columns) | {k: v for k, v in stamps.items() if k in columns} | values
    instance.tables[table][row["sys_id"]] = row


def _people(tenant: Tenant) -> list[Row]:
    kinds = {entry["id"]: entry["accountKind"] for entry in tenant.world["users"]}
    people = [_person(tenant, user) for user in tenant.users.values() if kinds[user["id"]] in _SYNCED_KINDS]
    machine = {
        "sys_id": sys_id_of(tenant, "user", INTEGRATION_USER),
        "user_name": INTEGRATION_USER,
        "name": "Ticket Triage",
        "active": "true",
        "vip": "false",
        "web_service_access_only": "true",
    }
    return [*people, machine]


def _person(tenant: Tenant, user: Json) -> Row:
    vip = next(entry["vip"] for entry in tenant.world["users"] if entry["id"] == user["id"])
    manager = tenant.managers.get(user["id"])
    texts = {
        "user_name": user["userPrincipalName"],
        "name": user["displayName"],
        "first_name": user["givenName"],
        "last_name": user["surname"],
        "email": user["mail"],
        "employee_number": user["employeeId"],
        "title": user["jobTitle"],
        "mobile_phone": user["mobilePhone"],
        "department": user["department"],
        "location": user["officeLocation"],
        "source": user["onPremisesDistinguishedName"] and f"ldap:{user['onPremisesDistinguishedName']}",
    }
    return {
        **{name: text or "" for name, text in texts.items()},
        "sys_id": sys_id_of(tenant, "user", user["id"]),
        "active": "true" if user["accountEnabled"] else "false",
        "vip": "true" if vip else "false",
        "manager": sys_id_of(tenant, "user", manager) if manager else "",
        "web_service_access_only": "false",
    }


def _desk_lead(tenant: Tenant) -> str:
    """Return the sys_id of the head of IT, or "" in a company without one."""
    heads = (
        user["id"]
        for user in tenant.users.values()
        if (user["jobTitle"] or "").startswith("Head of IT") and user["accountEnabled"]
    )
    head = next(heads, None)
    return sys_id_of(tenant, "user", head) if head else ""


def _choice(tenant: Tenant, key: tuple[str, str, str], label: str, sequence: int) -> Row:
    table, element, value = key
    return {
        "sys_id": sys_id_of(tenant, "choice", "/".join(key)),
        "name": table,
        "element": element,
        "value": value,
        "label": label,
        "language": "en",
        "inactive": "false",
        "sequence": str(sequence),
    }
