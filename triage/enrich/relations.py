"""What the requester is to the person affected, by immutable ids and departments, never by the words."""

from __future__ import annotations

from collections.abc import Iterable

from actions.clients.graph import GraphClient
from actions.errors import OutsideError, Throttled
from triage.domain.facts import PersonFacts, Relation
from triage.domain.site import Site

_CLOSEST = (Relation.SELF, Relation.MANAGER, Relation.HR, Relation.IT, Relation.COLLEAGUE, Relation.OUTSIDE)
_LONGEST_CHAIN = 8


def relations_of(
    requester: PersonFacts | None, target: PersonFacts | None, caller_id: str, site: Site
) -> frozenset[Relation]:
    """Return all that the requester is to the target; without a target, to the company."""
    if requester is None:
        return frozenset({Relation.OUTSIDE if caller_id.strip() else Relation.UNKNOWN})
    if not requester.known or (target is not None and not target.known):
        return frozenset({Relation.UNKNOWN})
    holds = {
        Relation.SELF: target is not None and target.id == requester.id,
        Relation.MANAGER: target is not None and target.manager_id == requester.id,
        Relation.HR: requester.department in site.hr_departments,
        Relation.IT: requester.department in site.it_departments,
    }
    found = frozenset(relation for relation, true in holds.items() if true) or frozenset({Relation.COLLEAGUE})
    return found | ({Relation.SAME_TEAM} if _same_team(requester, target) else frozenset())


def _same_team(requester: PersonFacts, target: PersonFacts | None) -> bool:
    """Say whether two people report to the same person."""
    if target is None or target.id == requester.id:
        return False
    return bool(target.manager_id) and target.manager_id == requester.manager_id


def owns(requester: PersonFacts | None, owner_ids: Iterable[str]) -> frozenset[Relation]:
    """Return whether the requester is one of the owners of the group, mailbox or share asked for."""
    if requester is None or not requester.known:
        return frozenset()
    return frozenset({Relation.OWNER}) if requester.id in set(owner_ids) else frozenset()


def relation_of(relations: frozenset[Relation]) -> Relation:
    """Return the closest relation."""
    return next((one for one in _CLOSEST if one in relations), Relation.UNKNOWN)


async def chain_of(requester: PersonFacts | None, graph: GraphClient) -> tuple[str, ...]:
    """Return the ids of the requester's managers up to the top, nearest first; as far as they can be read.

    Raises:
        Throttled: Graph asks to come back later.
    """
    chain: list[str] = []
    at = requester.manager_id if requester else ""
    while at and at not in chain and len(chain) < _LONGEST_CHAIN:
        chain.append(at)
        try:
            above = await graph.users.manager(at)
        except Throttled:
            raise
        except OutsideError:
            break
        at = above.id if above else ""
    return tuple(chain)
