"""People as Entra shows them now, in at most two round trips each."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from actions.clients.graph import GraphClient
from actions.clients.graph.person import Person
from actions.clients.graph.values import User
from actions.errors import Forbidden, OutsideError, Throttled
from triage.domain.facts import PersonFacts
from triage.domain.site import Site

UNKNOWN: Final = PersonFacts(known=False)
_DORMANT: Final = timedelta(days=90)


async def requester_facts(
    caller_id: str, found_id: str, graph: GraphClient, site: Site
) -> PersonFacts | None:
    """Return who asks, or `None` when nobody in the tenant is of that name.

    Args:
        caller_id: what the ITSM recorded: UPN, mail, employee id or display name.
        found_id: the object id the directory snapshot has for it, or empty; an address is looked up live if
            the snapshot does not know it yet.
        graph: the reading client.
        site: the company's own facts.

    Raises:
        Throttled: Graph asks to come back later.
    """
    if found_id:
        return await person_facts(found_id, graph, site)
    try:
        users = await _look_up(caller_id.strip(), graph)
    except Throttled:
        raise
    except OutsideError:
        return UNKNOWN
    if not users:
        return None
    return await person_facts(users[0].id, graph, site) if len(users) == 1 else UNKNOWN


async def _look_up(caller_id: str, graph: GraphClient) -> tuple[User, ...]:
    if "@" in caller_id:
        return await graph.users.find_by_address(caller_id)
    return await graph.users.find_by_employee_id(caller_id) if caller_id else ()


async def person_facts(user_id: str, graph: GraphClient, site: Site) -> PersonFacts:
    """Return the person with this object id; unknown if any part that decides could not be read.

    Raises:
        Throttled: Graph asks to come back later.
    """
    person = await graph.person(user_id)
    parts = (person.user, person.manager, person.groups, person.active_roles, person.eligible_roles)
    troubles = [
        one for one in (*parts, person.licenses, person.last_sign_in) if isinstance(one, OutsideError)
    ]
    for trouble in troubles:
        if isinstance(trouble, Throttled):
            raise trouble
    # Without Entra P1 nobody's last sign-in can be read (graph.md section 3): then it is only not shown.
    if any(one is not person.last_sign_in or not isinstance(one, Forbidden) for one in troubles):
        return UNKNOWN
    return _facts(person, site)


def _facts(person: Person, site: Site) -> PersonFacts:
    user, manager, groups = person.user, person.manager, person.groups
    active, eligible, licenses = person.active_roles, person.eligible_roles, person.licenses
    assert not isinstance(user, OutsideError)
    assert not isinstance(manager, OutsideError)
    assert not isinstance(groups, OutsideError)
    assert not isinstance(active, OutsideError)
    assert not isinstance(eligible, OutsideError)
    assert not isinstance(licenses, OutsideError)
    known = PersonFacts(
        known=True,
        manager_id=manager.id if manager else "",
        active_roles=active,
        eligible_roles=eligible,
        in_role_assignable_group=any(group.is_assignable_to_role for group in groups),
        licenses=tuple(one.sku_part_number for one in licenses),
        groups=tuple(group.display_name or group.id for group in groups),
        last_sign_in=None if isinstance(person.last_sign_in, OutsideError) else person.last_sign_in,
    )
    return known.model_copy(update=_account(user) | _site(user, site))


def _account(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "upn": user.user_principal_name,
        "mail": user.mail or "",
        "display_name": user.display_name or "",
        "employee_id": user.employee_id or "",
        "department": user.department or "",
        "job_title": user.job_title or "",
        "office": user.office_location or "",
        "usage_location": user.usage_location or "",
        "sam_account_name": user.on_premises_sam_account_name or "",
        "enabled": user.account_enabled is True,
        "guest": user.guest,
        "synced": user.synced,
        "management_restricted": user.is_management_restricted is True,
    }


def _site(user: User, site: Site) -> dict[str, object]:
    """Return what only the site knows of somebody."""
    upn = user.user_principal_name.lower()
    return {
        "service": site.is_service_account(upn),
        "break_glass": _named(upn, site.break_glass),
        "protected": _named(upn, site.protected),
        "own_identity": _named(upn, site.own_identities),
        "vip": _named(upn, site.vip),
        "sensitive": site.is_sensitive(user.department or "", user.job_title or ""),
    }


def _named(upn: str, names: tuple[str, ...]) -> bool:
    return upn in {name.lower() for name in names}
