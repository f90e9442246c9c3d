"""A frozen snapshot of the names in the tenant: what words can refer to, never what to decide by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pydantic.alias_generators import to_camel

from actions.clients.graph import GraphClient
from actions.clients.graph.values import Read
from actions.errors import Forbidden, Refused
from triage.domain.site import Site
from triage.playbooks.model import Kind

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """A person by all the names they may be called; `addresses` are lower case, UPN and mail first.

    `service` marks service and break-glass accounts, which have no first name.
    """

    id: str
    upn: str
    display_name: str
    given: str
    surname: str
    addresses: tuple[str, ...]
    sam: str = ""
    employee_id: str = ""
    department: str = ""
    manager_id: str = ""
    job_title: str = ""
    office: str = ""
    guest: bool = False
    enabled: bool = True
    service: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """A group, licence, mailbox, share, server, service or device.

    Attributes:
        id: the immutable id, or the name where the system knows none (servers, services, shares, mailboxes).
        name: the value of the decision format: displayName, skuPartNumber, address, path, name.
        title: what people call it, where that differs.
        mail: its address, if it has one.
        owner: UPN of the user of a device; the server of a service.
        kind: the kind of a group, the operating system of a device.
        aliases: what the site's own people call it.
    """

    id: str
    name: str
    title: str = ""
    mail: str = ""
    owner: str = ""
    kind: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Directory:
    """All names, as they were when the snapshot was read; `desks` are departments that ask for everybody."""

    people: tuple[Person, ...] = ()
    groups: tuple[Thing, ...] = ()
    licenses: tuple[Thing, ...] = ()
    mailboxes: tuple[Thing, ...] = ()
    shares: tuple[Thing, ...] = ()
    servers: tuple[Thing, ...] = ()
    services: tuple[Thing, ...] = ()
    devices: tuple[Thing, ...] = ()
    desks: frozenset[str] = frozenset()

    @cached_property
    def by_id(self) -> Mapping[str, Person]:
        """People by object id."""
        return {person.id: person for person in self.people}

    @cached_property
    def by_address(self) -> Mapping[str, Person]:
        """People by each of their addresses, lower case."""
        return {address: person for person in self.people for address in person.addresses}

    @cached_property
    def departments(self) -> tuple[str, ...]:
        """The departments there are, in the order of the alphabet."""
        return tuple(sorted({person.department for person in self.people if person.department}))

    @cached_property
    def offices(self) -> tuple[str, ...]:
        """The offices there are, in the order of the alphabet."""
        return tuple(sorted({person.office for person in self.people if person.office}))


def directory_of(
    users: Iterable[Json], groups: Iterable[Json], skus: Iterable[Json], devices: Iterable[Json], site: Site
) -> Directory:
    """Build a snapshot from Graph's objects (users with `manager` expanded or an id) and the site's lists."""

    def known(kind: Kind, things: Iterable[Thing]) -> tuple[Thing, ...]:
        aliases = site.aliases.get(kind.value, {})
        return tuple(replace(thing, aliases=aliases.get(thing.name, ())) for thing in things)

    return Directory(
        people=tuple(_person(user, site) for user in users),
        groups=known(Kind.GROUP, map(_group, groups)),
        licenses=known(Kind.LICENSE, (_license(sku, site) for sku in skus)),
        mailboxes=known(
            Kind.MAILBOX,
            (Thing(box.address, box.address, box.display_name, box.address) for box in site.mailboxes),
        ),
        shares=known(Kind.SHARE, (Thing(share.path, share.path) for share in site.shares)),
        servers=known(Kind.SERVER, (Thing(server.name, server.name) for server in site.servers)),
        services=known(
            Kind.SERVICE,
            (Thing(name, name, owner=server.name) for server in site.servers for name in server.services),
        ),
        devices=known(Kind.DEVICE, map(_device, devices)),
        desks=frozenset((*site.hr_departments, *site.it_departments)),
    )


def _person(user: Json, site: Site) -> Person:
    manager, upn = user.get("manager"), user["userPrincipalName"]
    proxies = [str(proxy).split(":", 1)[-1] for proxy in user.get("proxyAddresses") or ()]
    addresses = [upn, user.get("mail"), *proxies, *(user.get("otherMails") or ())]
    return Person(
        id=user["id"],
        upn=upn,
        display_name=user.get("displayName") or "",
        given=user.get("givenName") or "",
        surname=user.get("surname") or "",
        addresses=tuple(dict.fromkeys(str(address).lower() for address in addresses if address)),
        sam=user.get("onPremisesSamAccountName") or "",
        employee_id=user.get("employeeId") or "",
        department=user.get("department") or "",
        manager_id=(manager.get("id", "") if isinstance(manager, Mapping) else manager) or "",
        job_title=user.get("jobTitle") or "",
        office=user.get("officeLocation") or "",
        guest=user.get("userType") == "Guest",
        enabled=bool(user.get("accountEnabled", True)),
        service=upn.lower() in {one.lower() for one in site.break_glass} or site.is_service_account(upn),
    )


def _license(sku: Json, site: Site) -> Thing:
    return Thing(sku["skuId"], sku["skuPartNumber"], site.license_names.get(sku["skuPartNumber"], ""))


def _group(group: Json) -> Thing:
    return Thing(
        group["id"], group["displayName"], mail=(group.get("mail") or "").lower(), kind=group_kind(group)
    )


def group_kind(group: Json) -> str:
    """Return the kind of a Graph group: microsoft365, mailsecurity, distribution or security."""
    if "Unified" in (group.get("groupTypes") or ()):
        return "microsoft365"
    if group.get("mailEnabled"):
        return "mailsecurity" if group.get("securityEnabled") else "distribution"
    return "security"


def _device(device: Json) -> Thing:
    return Thing(
        device["id"],
        device["deviceName"],
        owner=(device.get("userPrincipalName") or "").lower(),
        kind=device.get("operatingSystem") or "",
    )


async def read_directory(graph: GraphClient, site: Site) -> Directory:
    """Read all names from the tenant, page by page.

    Raises:
        OutsideError: one of the lists could not be read; half a directory would make names look unique.
    """
    users = [_as_json(user) async for user in graph.users.everyone()]
    groups = [_as_json(group) async for group in graph.groups.everything()]
    skus = [_as_json(sku) for sku in await graph.licenses.skus()]
    return directory_of(users, groups, skus, await _devices(graph), site)


async def _devices(graph: GraphClient) -> list[Json]:
    """Return the devices; none where the tenant has no Intune or we may not look, and none is found then."""
    try:
        return [_as_json(device) async for device in graph.devices.everything()]
    except (Forbidden, Refused):
        return []


def _as_json(value: Read) -> Json:
    """Return a client's value under Graph's own names."""
    return {to_camel(name): part for name, part in value.model_dump().items()}
