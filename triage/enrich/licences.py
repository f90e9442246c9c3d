"""A licence as it is now: its seats, the group that gives it, and the seats that nobody uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from actions.clients.graph import GraphClient
from actions.clients.graph.values import LicenseHolder, Sku, User
from actions.errors import NotFound, OutsideError, Throttled
from triage.domain.facts import IdleSeat, LicenseFacts
from triage.domain.request import Parameter
from triage.domain.site import Site

IDLE_AFTER: Final = timedelta(days=60)
_SHOWN: Final = 5


@dataclass(frozen=True)
class Licence:
    """A licence, and the id of the one assigned group that gives it, or nothing."""

    facts: LicenseFacts
    group_id: str = ""


async def license_facts(
    asked: Parameter | None, person_id: str, now: datetime, graph: GraphClient, site: Site
) -> Licence | None:
    """Return the licence asked for.

    Args:
        asked: the parameter, if there is one.
        person_id: object id of who gets or has it, or empty.
        now: as of when a seat counts as idle (aware).
        graph: the reading client.
        site: the company's own facts.

    Raises:
        Throttled: Graph asks to come back later.
    """
    if asked is None or len(asked.ids) != 1:
        return None
    unknown = Licence(LicenseFacts(known=False, sku=asked.values[0], sku_id=asked.ids[0]))
    try:
        found = next((sku for sku in await graph.licenses.skus() if sku.sku_id == asked.ids[0]), None)
        if found is None:
            return unknown
        groups = await _groups_giving(found.sku_id, person_id, graph)
        idle = () if found.free or groups else await _idle(found, now, graph, site)
    except Throttled:
        raise
    except OutsideError:
        return unknown
    return Licence(_facts(found, idle, site, by_group=bool(groups)), groups[0] if len(groups) == 1 else "")


def _facts(sku: Sku, idle: tuple[IdleSeat, ...], site: Site, *, by_group: bool) -> LicenseFacts:
    name = sku.sku_part_number
    return LicenseFacts(
        known=True,
        sku=name,
        sku_id=sku.sku_id,
        free=sku.free,
        base=name in site.base_licenses,
        by_group=by_group,
        idle=idle,
        price=site.license_prices.get(name, ""),
    )


async def _groups_giving(sku_id: str, person_id: str, graph: GraphClient) -> tuple[str, ...]:
    """Return the assigned groups that give the licence: to this person, or where they have none, to anybody.

    Who holds it directly is given it by no group.
    """
    user = (await graph.person(person_id)).user if person_id else None
    if isinstance(user, OutsideError) and not isinstance(user, NotFound):
        raise user
    held = user.license_assignment_states if isinstance(user, User) else ()
    states = [one for one in held if one.sku_id == sku_id]
    if states:
        return tuple(one.assigned_by_group for one in states if one.assigned_by_group)
    return tuple(group.id for group in await graph.groups.with_license(sku_id) if not group.dynamic)


async def _idle(sku: Sku, now: datetime, graph: GraphClient, site: Site) -> tuple[IdleSeat, ...]:
    """Return some seats that nobody uses; none where that cannot be seen, for instance without Entra P1."""
    try:
        holders = await graph.licenses.holders(sku.sku_id)
    except Throttled:
        raise
    except OutsideError:
        return ()
    ordinary = [one for one in holders if _may_lose(one, sku.sku_id, site)]
    return tuple(_idle_among(sorted(ordinary, key=_last_used), now))[:_SHOWN]


def _idle_among(holders: Iterable[LicenseHolder], now: datetime) -> Iterator[IdleSeat]:
    for one in holders:
        why = _why_idle(one, now)
        if why:
            name = one.display_name or one.user_principal_name
            yield IdleSeat(id=one.id, upn=one.user_principal_name, name=name, why=why)


def _why_idle(holder: LicenseHolder, now: datetime) -> str:
    """Return why a seat is not used; empty where it is, or where the account is too new to tell."""
    if holder.account_enabled is False:
        return "the account is disabled"
    last = holder.last_sign_in
    since = last or holder.created_date_time
    if since is None or now - since <= IDLE_AFTER:
        return ""
    return f"no sign-in for {(now - since).days} days" if last else "nobody ever signed in"


def _may_lose(holder: LicenseHolder, sku_id: str, site: Site) -> bool:
    """Whether the site and Entra let a seat be taken: an ordinary member who has it directly."""
    upn = holder.user_principal_name.lower()
    spared = (*site.break_glass, *site.protected, *site.own_identities, *site.vip)
    groups = [
        one for one in holder.license_assignment_states if one.sku_id == sku_id and one.assigned_by_group
    ]
    return (
        holder.user_type == "Member"
        and not groups
        and not site.is_service_account(upn)
        and upn not in {name.lower() for name in spared}
    )


def _last_used(holder: LicenseHolder) -> tuple[bool, str]:
    last = holder.last_sign_in
    return holder.account_enabled is not False, last.isoformat() if last else ""
