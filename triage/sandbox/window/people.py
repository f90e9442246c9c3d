"""The people of the company as Entra and Active Directory have them now."""

from dataclasses import dataclass
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from triage.sandbox.records import Json
from triage.sandbox.servicenow.instance import sys_id_of
from triage.sandbox.tenant import Tenant, groups_of, manager_of, roles_of
from triage.sandbox.window.changes import of_target
from triage.sandbox.window.frame import company_of, page, sliced, wanted
from triage.sandbox.window.tickets import tickets

_SHOWN = {
    "userPrincipalName": "User principal name",
    "mail": "Mail",
    "employeeId": "Employee id",
    "jobTitle": "Title",
    "department": "Department",
    "officeLocation": "Office",
    "usageLocation": "Usage location",
    "mobilePhone": "Mobile",
}
_TIMES = {
    "lastPasswordChangeDateTime": "Password set",
    "signInSessionsValidFromDateTime": "Sessions valid from",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A short remark on a person or group; `tone` names its colour."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the list."""

    id: str
    name: str
    upn: str
    title: str
    department: str
    licences: tuple[str, ...]
    marks: tuple[Mark, ...]


async def show_list(request: Request) -> Response:
    """Show the people by name, or those in whom the search word occurs."""
    tenant, word = company_of(request).tenant, wanted(request, "q")
    people = sorted(
        (_person(tenant, user) for user in tenant.users.values()), key=lambda p: p.name.casefold()
    )
    found = [person for person in people if _matches(person, word)]
    return page(request, "people.html", {"found": sliced(found, request), "q": word})


async def show_one(request: Request) -> Response:
    """Show one person: properties, licences, groups, roles, the account in AD, devices, tickets, changes."""
    company = company_of(request)
    tenant, user = company.tenant, company.tenant.users.get(request.path_params["id"])
    if user is None:
        raise HTTPException(404, "There is no such person.")
    person, manager = _person(tenant, user), manager_of(tenant, user["id"])
    account = tenant.ad.get((user["onPremisesSamAccountName"] or "").lower())
    caller = sys_id_of(tenant, "user", user["id"])
    facts = {
        "person": person,
        "manager": manager and {"id": manager["id"], "name": manager["displayName"]},
        "facts": {label: user.get(name) for name, label in _SHOWN.items()},
        "times": {label: _time(user.get(name)) for name, label in _TIMES.items()},
        "groups": [group.properties for group in groups_of(tenant, user["id"])],
        "roles": roles_of(tenant, user["id"]),
        "eligible": roles_of(tenant, user["id"], eligible=True),
        "account": account,
        "devices": [d for d in tenant.world.get("devices", []) if d["user"] == user["userPrincipalName"]],
        "tickets": [ticket for ticket in tickets(company.instance) if ticket.caller_id == caller],
        "steps": of_target(company, user["id"]),
    }
    return page(request, "person.html", facts)


def _person(tenant: Tenant, user: Json) -> Person:
    skus = (tenant.skus.get(licence["skuId"]) for licence in user["assignedLicenses"])
    return Person(
        user["id"],
        user["displayName"],
        user["userPrincipalName"],
        user["jobTitle"] or "",
        user["department"] or "",
        tuple(sku.display_name for sku in skus if sku),
        marks(tenant, user),
    )


def marks(tenant: Tenant, user: Json) -> tuple[Mark, ...]:
    """Return what an analyst must see at a glance about a person."""
    account = tenant.ad.get((user["onPremisesSamAccountName"] or "").lower())
    vip = next((entry["vip"] for entry in tenant.world["users"] if entry["id"] == user["id"]), False)
    synced = bool(user["onPremisesSyncEnabled"])
    possible = (
        (not user["accountEnabled"], "Disabled", "off"),
        (synced and account is not None and account.locked, "Locked in AD", "wait"),
        (bool(roles_of(tenant, user["id"])), "Privileged", "alert"),
        (user["userType"] == "Guest", "Guest", "busy"),
        (vip, "VIP", "new"),
        (synced, "Synced", "plain"),
    )
    return tuple(Mark(text, tone) for holds, text, tone in possible if holds)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _matches(person: Person, word: str) -> bool:
    remarks = " ".join(mark.text for mark in person.marks)
    text = (
        f"{person.name} {person.upn} {person.title} {person.department} {' '.join(person.licences)} {remarks}"
    )
    return word.casefold() in text.casefold()
