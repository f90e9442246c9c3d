"""`/`: what waits for people, the riskiest and least certain first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from triage.domain.decision import ApproverRole
from triage.store import desk, tickets
from triage.store.desk import Waiting
from triage.web.callers import Caller, Role
from triage.web.front import Served
from triage.web.pages.frame import Onlooker
from triage.web.pages.render import render

router = APIRouter()


@dataclass(frozen=True)
class Filter:
    """What is shown: a label, the kind of answer (`plan`, `question`), only what the viewer could answer."""

    label: str = ""
    kind: str = ""
    mine: bool = False

    def shows(self, one: Waiting, caller: Caller) -> bool:
        """Whether a review passes."""
        kind = "plan" if one.review.fingerprint else "question"
        return (
            self.label in ("", one.decision.label)
            and self.kind in ("", kind)
            and (not self.mine or could_answer(one, caller))
        )


@router.get("/")
async def queue(
    *,
    request: Request,
    services: Served,
    caller: Onlooker,
    label: Annotated[str, Query(max_length=100)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    mine: bool = False,
) -> Response:
    """Show what waits."""
    async with services.engine.connect() as conn:
        found = await desk.waiting(conn, services.clock())
        counts = await tickets.counts(conn)
    chosen = Filter(label, kind, mine)
    facts = {
        "waiting": ordered([one for one in found if chosen.shows(one, caller)]),
        "total": len(found),
        "mine": sum(could_answer(one, caller) for one in found),
        "labels": Counter(one.decision.label for one in found).most_common(),
        "chosen": chosen,
        "counts": {state.value: number for state, number in counts.items()},
        "titles": {name: one.title for name, one in services.tools.playbooks.items()},
        "could_answer": lambda one: could_answer(one, caller),
    }
    return render(request, "queue.html", facts)


def ordered(found: Sequence[Waiting]) -> list[Waiting]:
    """Return what to look at first: approvals that lapse soon, then risk times uncertainty, then age."""
    return sorted(found, key=lambda one: (_lapses(one), -weight(one), one.review.opened_at))


def weight(one: Waiting) -> float:
    """Return how much is at stake: the tier, counted from one, times how unsure the label is.

    Where there is no plan, nothing can go wrong by answering.
    """
    unsure = 1.0 - one.decision.confidence
    risk = int(one.review.tier) + 1 if one.review.fingerprint else 1
    return risk * (0.25 + unsure + one.decision.novelty / 2)


def could_answer(one: Waiting, caller: Caller) -> bool:
    """Whether it is worth the caller's while; the policy has the last word when they answer.

    Nobody answers for themselves or twice. A manager or owner who is known must be the caller; administrators
    stand in for everybody.
    """
    if not {Role.APPROVER, Role.ADMIN} & caller.roles or caller.id in one.given_by:
        return False
    facts = one.decision.facts
    if facts is None or caller.id in {
        who.id for who in (facts.requester, facts.target, facts.trustee) if who
    }:
        return facts is None
    if Role.ADMIN in caller.roles or not one.review.fingerprint:
        return True
    person = facts.target or facts.requester
    managers = {person.manager_id} if person else set()
    owned = (facts.group, facts.mailbox, facts.share)
    owners = {owner for thing in owned if thing for owner in thing.owner_ids}
    able = {ApproverRole.MANAGER: managers, ApproverRole.OWNER: owners | managers}
    named = able.get(one.review.role, set()) - {""}
    return caller.id in named if named else one.review.role is ApproverRole.APPROVER


def _lapses(one: Waiting) -> float:
    return one.lapses_at.timestamp() if one.lapses_at else float("inf")
