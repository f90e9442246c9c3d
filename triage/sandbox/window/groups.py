"""Groups and licences as they are now: who is in, how many seats are taken."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from triage.sandbox.records import Group
from triage.sandbox.tenant import Tenant, consumed_seats
from triage.sandbox.window.changes import of_target
from triage.sandbox.window.frame import company_of, page, sliced, wanted
from triage.sandbox.window.people import Mark

_KINDS = {"security": "Security", "microsoft365": "Microsoft 365", "distribution": "Distribution list"}


@dataclass(frozen=True, slots=True)
class Named:
    """A link to somebody or something; `href` is "" where there is no page for it."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list of groups."""

    id: str
    name: str
    mail: str
    kind: str
    members: int
    owners: tuple[Named, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Seats:
    """A licence the company bought, in seats."""

    name: str
    part_number: str
    bought: int
    taken: int

    @property
    def free(self) -> int:
        """Seats nobody holds; 0 also when more are taken than were bought."""
        return max(0, self.bought - self.taken)


async def show_list(request: Request) -> Response:
    """Show the groups by name, or those in which the search word occurs."""
    tenant, word = company_of(request).tenant, wanted(request, "q")
    lines = sorted(
        (_line(tenant, group) for group in tenant.groups.values()), key=lambda line: line.name.casefold()
    )
    found = [line for line in lines if word.casefold() in f"{line.name} {line.mail} {line.kind}".casefold()]
    return page(request, "groups.html", {"found": sliced(found, request), "q": word})


async def show_one(request: Request) -> Response:
    """Show one group with its members and what changed in it."""
    company = company_of(request)
    group = company.tenant.groups.get(request.path_params["id"])
    if group is None:
        raise HTTPException(404, "There is no such group.")
    members = sorted((named(company.tenant, one) for one in group.members), key=lambda m: m.name.casefold())
    facts = {"group": _line(company.tenant, group), "members": members}
    return page(request, "group.html", facts | {"steps": of_target(company, group.properties["id"])})


async def show_licences(request: Request) -> Response:
    """Show the licences with their seats."""
    return page(request, "licences.html", {"licences": seats(company_of(request).tenant)})


def seats(tenant: Tenant) -> list[Seats]:
    """Return every licence by name."""
    found = [
        Seats(sku.display_name, sku.part_number, sku.enabled, consumed_seats(tenant, sku.sku_id))
        for sku in tenant.skus.values()
    ]
    return sorted(found, key=lambda licence: licence.name)


def named(tenant: Tenant, object_id: str) -> Named:
    """Return name and page of a person or group; something else shows its id."""
    if object_id in tenant.users:
        return Named(tenant.users[object_id]["displayName"], f"/people/{object_id}")
    if object_id in tenant.groups:
        return Named(tenant.groups[object_id].properties["displayName"], f"/groups/{object_id}")
    return Named(object_id, "")


def _line(tenant: Tenant, group: Group) -> Line:
    facts = group.properties
    possible = (
        (group.sensitive, "Sensitive", "alert"),
        (bool(facts["isAssignableToRole"]), "Role-assignable", "alert"),
        ("DynamicMembership" in facts["groupTypes"], "Dynamic", "busy"),
        (bool(facts["onPremisesSyncEnabled"]), "Synced", "plain"),
    )
    return Line(
        facts["id"],
        facts["displayName"],
        facts["mail"] or "",
        _KINDS.get(group.kind, group.kind),
        len(group.members),
        tuple(named(tenant, owner) for owner in group.owners),
        tuple(Mark(text, tone) for holds, text, tone in possible if holds),
    )
