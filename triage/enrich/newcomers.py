"""Somebody new: the manager they are to have, and the groups the site puts them into."""

from __future__ import annotations

import asyncio

from actions.clients.graph import GraphClient
from actions.errors import OutsideError, Throttled
from triage.domain.request import Request
from triage.domain.site import Site

_NEW = "display_name"


async def newcomer_groups(
    request: Request, manager_id: str, graph: GraphClient, site: Site
) -> tuple[str, ...]:
    """Return the ids of the groups for somebody new of the department asked for, or else of the manager's.

    A group that is sensitive, of tier 0, unknown or not the only one of its name is left for people.

    Raises:
        Throttled: Graph asks to come back later.
    """
    if not site.newcomer_groups or not manager_id or _NEW not in request.parameters:
        return ()
    try:
        asked = request.parameters.get("department")
        department = asked.values[0] if asked else (await graph.users.get(manager_id)).department or ""
        names = dict.fromkeys((*site.newcomer_groups.get("*", ()), *site.newcomer_groups.get(department, ())))
        kept = [name for name in names if name not in {*site.sensitive_groups, *site.tier0_groups}]
        found = await asyncio.gather(*(graph.groups.named(name) for name in kept))
    except Throttled:
        raise
    except OutsideError:
        return ()
    return tuple(groups[0].id for groups in found if len(groups) == 1)
