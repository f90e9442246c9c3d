"""Groups, licences, services, mailboxes, shares and devices as they are now, by Graph and site lists."""

from __future__ import annotations

import asyncio

from actions.clients.graph import GraphClient
from actions.errors import OutsideError, Throttled
from triage.domain.facts import DeviceFacts, GroupFacts, MailboxFacts, ServiceFacts, ShareFacts
from triage.domain.request import Parameter
from triage.domain.site import Server, Share, Site


async def group_facts(asked: Parameter | None, graph: GraphClient, site: Site) -> GroupFacts | None:
    """Return the group asked for, with owners and the number of direct members.

    Raises:
        Throttled: Graph asks to come back later.
    """
    if asked is None or len(asked.ids) != 1:
        return None
    return await _group(asked.ids[0], asked.values[0], graph, site)


async def share_group_facts(
    asked: Parameter | None, access: Parameter | None, graph: GraphClient, site: Site
) -> GroupFacts | None:
    """Return the group whose members have this access to the share; unknown unless Entra has exactly one.

    Raises:
        Throttled: Graph asks to come back later.
    """
    share = _share(asked, site)
    if share is None or access is None or access.value not in ("read", "write"):
        return None
    name = share.read_group if access.value == "read" else share.write_group
    try:
        found = await graph.groups.named(name)
    except Throttled:
        raise
    except OutsideError:
        found = ()
    return (
        await _group(found[0].id, name, graph, site)
        if len(found) == 1
        else GroupFacts(known=False, name=name)
    )


async def _group(group_id: str, told: str, graph: GraphClient, site: Site) -> GroupFacts:
    try:
        group, owners, members = await asyncio.gather(
            graph.groups.get(group_id), graph.groups.owners(group_id), graph.groups.members(group_id)
        )
    except Throttled:
        raise
    except OutsideError:
        return GroupFacts(known=False, id=group_id, name=told)
    name = group.display_name or ""
    return GroupFacts(
        known=group.group_types is not None,
        id=group.id,
        name=name,
        kind=group.kind,
        dynamic=group.dynamic,
        role_assignable=group.is_assignable_to_role is True,
        synced=group.synced,
        sensitive=name in site.sensitive_groups,
        tier0=name in site.tier0_groups,
        license_bearing=bool(group.assigned_licenses),
        owner_ids=tuple(owner.id for owner in owners),
        member_count=len(members),
    )


async def giving_group_facts(group_id: str, graph: GraphClient, site: Site) -> GroupFacts | None:
    """Return the group that gives the licence asked for, if there is one.

    Raises:
        Throttled: Graph asks to come back later.
    """
    return await _group(group_id, "", graph, site) if group_id else None


async def share_facts(asked: Parameter | None, graph: GraphClient, site: Site) -> ShareFacts | None:
    """Return the share asked for; its owners are who leads somebody in the department that owns the data.

    Raises:
        Throttled: Graph asks to come back later.
    """
    share = _share(asked, site)
    if share is None:
        return None
    try:
        staff = await graph.users.of_department(share.owner) if share.owner else ()
    except Throttled:
        raise
    except OutsideError:
        return ShareFacts(known=False, path=share.path)
    leads = {person.manager.id for person in staff if person.manager}
    owners = tuple(person.id for person in staff if person.id in leads)
    return ShareFacts(
        known=True, path=share.path, owner=share.owner, sensitive=share.sensitive, owner_ids=owners
    )


def _share(asked: Parameter | None, site: Site) -> Share | None:
    return next((one for one in site.shares if asked is not None and one.path == asked.values[0]), None)


def service_facts(server: Parameter | None, service: Parameter | None, site: Site) -> ServiceFacts | None:
    """Return the service on its server by the site's list; a pair that is not on it is not allowed."""
    if server is None or service is None or len(server.values) != 1 or len(service.values) != 1:
        return None
    listed = _listed(server.values[0], site)
    return ServiceFacts(
        known=listed is not None,
        server=server.values[0],
        service=service.values[0],
        worker_group=listed.worker_group if listed else "",
        allowed=listed is not None and service.values[0] in listed.services and not listed.tier0,
        tier0=listed is not None and listed.tier0,
    )


def server_facts(server: Parameter | None, site: Site) -> ServiceFacts | None:
    """Return the server asked for by the site's list, where no service of it is meant."""
    if server is None or len(server.values) != 1:
        return None
    name = server.values[0]
    listed = _listed(name, site)
    return ServiceFacts(
        known=listed is not None,
        server=name,
        worker_group=listed.worker_group if listed else "",
        tier0=listed is not None and listed.tier0,
    )


def _listed(name: str, site: Site) -> Server | None:
    return next((one for one in site.servers if one.name.lower() == name.lower()), None)


def mailbox_facts(asked: Parameter | None, site: Site) -> MailboxFacts | None:
    """Return the shared mailbox asked for, by the site's list; a person's own mailbox is none."""
    found = next(
        (one for one in site.mailboxes if asked is not None and one.address == asked.values[0]), None
    )
    return MailboxFacts(known=True, address=found.address, location=found.location) if found else None


async def device_facts(asked: Parameter | None, graph: GraphClient) -> DeviceFacts | None:
    """Return the device asked for and whose it is, as Intune shows it.

    Raises:
        Throttled: Graph asks to come back later.
    """
    if asked is None or len(asked.values) != 1:
        return None
    unknown = DeviceFacts(known=False, name=asked.values[0], id=asked.ids[0] if asked.ids else "")
    if len(asked.ids) != 1:
        return unknown
    try:
        device = await graph.devices.get(asked.ids[0])
    except Throttled:
        raise
    except OutsideError:
        return unknown
    return DeviceFacts(
        known=True,
        id=device.id,
        name=device.device_name,
        owner_id=device.user_id,
        operating_system=device.operating_system,
    )
