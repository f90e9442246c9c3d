"""What a site would tell us about a make-believe company: the site file of a world, made from its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.domain.site import Mailbox, Server, Share, Site
from triage.resolve.directory import Directory, directory_of

World = Mapping[str, Any]


def site_of(world: World) -> Site:
    """Return the site of a world of the shape of `training/data/companies/harborline.json`."""
    people = world["users"]
    return Site(
        organization=world["organization"]["displayName"],
        domains=(world["organization"]["domain"],),
        tenant_id=world["organization"].get("tenantId", ""),
        break_glass=_upns(people, "accountKind", "breakglass"),
        service_accounts=("svc-*", "svc_*", "sync_*", *_upns(people, "accountKind", "service")),
        vip=_upns(people, "vip", True),
        sensitive_groups=tuple(g["displayName"] for g in world["groups"] if g.get("sensitive")),
        tier0_groups=tuple(g["displayName"] for g in world["groups"] if _tier0(g)),
        license_names={one["skuPartNumber"]: one["displayName"] for one in world["licenses"]},
        servers=tuple(_server(one) for one in world["servers"]),
        shares=tuple(_share(one) for one in world["fileShares"]),
        mailboxes=tuple(
            Mailbox(address=m["address"], display_name=m["displayName"], location=m.get("location", "cloud"))
            for m in world["sharedMailboxes"]
        ),
    )


def directory_of_world(world: World) -> Directory:
    """Return the snapshot a fresh tenant of this world would give, without any tenant."""
    groups = [dict(group, **_graph_kind(group["kind"])) for group in world["groups"]]
    devices = [
        dict(device, userPrincipalName=device["user"], id=device.get("id", "")) for device in world["devices"]
    ]
    return directory_of(world["users"], groups, world["licenses"], devices, site_of(world))


def _upns(people: list[dict[str, Any]], key: str, value: object) -> tuple[str, ...]:
    return tuple(one["userPrincipalName"] for one in people if one.get(key) == value)


def _tier0(group: Mapping[str, Any]) -> bool:
    return bool(group.get("isAssignableToRole")) or "domain-admins" in group["displayName"].casefold()


def _server(one: Mapping[str, Any]) -> Server:
    return Server(
        name=one["name"],
        services=tuple(one["services"]),
        worker_group=one.get("workerGroup", ""),
        tier0=one.get("tier0", False),
    )


def _share(one: Mapping[str, Any]) -> Share:
    return Share(
        path=one["path"],
        read_group=one.get("readGroup", ""),
        write_group=one.get("writeGroup", ""),
        owner=one.get("owner", ""),
        sensitive=one.get("sensitive", False),
    )


def _graph_kind(kind: str) -> dict[str, Any]:
    """Return the three Graph properties that tell the kind of a group."""
    return {
        "groupTypes": ["Unified"] if kind == "microsoft365" else [],
        "mailEnabled": kind != "security",
        "securityEnabled": kind == "security",
    }
