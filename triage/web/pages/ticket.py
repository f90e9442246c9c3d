"""`/tickets/{id}`: one ticket with everything that speaks for and against what would be done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions.errors import OutsideError
from actions.vocabulary import Tier
from triage.domain.facts import Facts, PersonFacts
from triage.domain.run import RunState, TicketState
from triage.errors import NotAllowed
from triage.verify.method import Proven
from triage.web import session
from triage.web.callers import Caller, Role
from triage.web.errors import Problem
from triage.web.front import Served, services_of
from triage.web.pages.case import Case, read_case
from triage.web.pages.compare import Difference, difference, shown_before
from triage.web.pages.frame import Onlooker
from triage.web.pages.marks import shown
from triage.web.pages.render import render
from triage.workflow.eyes import Hand, look, refuse_unless_allowed
from triage.workflow.proving import proven_in
from triage.workflow.services import Services

router = APIRouter()


@dataclass(frozen=True)
class Answering:
    """Whether whoever looks may answer, and how.

    Attributes:
        able: whether they have a role that answers at all.
        hindrance: why the policy does not let them approve; empty when it does, or there is no plan.
        sign_in: whether approving needs them to sign in again first.
        confirm: whether approving asks once more.
        key: makes a second click on one of the buttons the same answer.
    """

    able: bool
    hindrance: str
    sign_in: bool
    confirm: bool
    key: str


@dataclass(frozen=True)
class Steering:
    """What whoever looks may do about a plan under way.

    Attributes:
        waiting: a run that could be called off with all that has not begun.
        stopped: whether what is left could be carried on with.
        undo_all: whether several steps could be taken back together.
    """

    waiting: uuid.UUID | None
    stopped: bool
    undo_all: bool


@router.get("/tickets/{ticket_id}")
async def ticket(request: Request, services: Served, caller: Onlooker, ticket_id: uuid.UUID) -> Response:
    """Show a ticket."""
    return await page(request, caller, await read_case(services, ticket_id))


async def page(
    request: Request, caller: Caller, case: Case, *, problem: Problem | None = None, seen: str = ""
) -> Response:
    """Return the page of a ticket.

    Args:
        request: the request.
        caller: who looks.
        case: the ticket.
        problem: why an answer was not taken, if one was just given.
        seen: the fingerprint that was answered then; what changed since is shown.
    """
    services = services_of(request)
    decision = case.decision
    actions, playbooks = services.tools.actions, services.tools.playbooks
    facts = {
        "case": case,
        "decision": decision.decision if decision else None,
        "shown": shown(case.stored.ticket, decision.decision.words if decision else ()),
        "people": _people(decision.decision.facts if decision else None),
        "action": actions.get(decision.decision.action) if decision else None,
        "actions": actions,
        "titles": {name: playbook.title for name, playbook in sorted(playbooks.items())},
        "answering": await _answering(request, services, caller, case),
        "said": request.query_params.get("said", ""),
        "problem": problem,
        "stale": _stale(case, seen),
        "may_undo": Role.ADMIN in caller.roles,
        "proof": await _proof(services, case),
        "verified_id": services.verified_id is not None,
        "steering": _steering(caller, case),
    }
    return render(request, "ticket.html", facts, status=problem.status if problem else HTTPStatus.OK)


def _steering(caller: Caller, case: Case) -> Steering:
    """Return what the caller could do about what was decided."""
    states = [run.state for run in case.runs]
    answers = bool({Role.APPROVER, Role.ADMIN} & caller.roles)
    still = all(state.ended or state.idle for state in states)
    waiting = [run.id for run in case.runs if run.state.idle] if answers and still else []
    stopped = any(state.ended and state not in (RunState.VERIFIED, RunState.UNDONE) for state in states)
    return Steering(
        waiting=waiting[0] if waiting else None,
        stopped=answers and stopped and case.stored.state is TicketState.HANDOVER,
        undo_all=Role.ADMIN in caller.roles and still and not waiting and states.count(RunState.VERIFIED) > 1,
    )


async def _answering(request: Request, services: Services, caller: Caller, case: Case) -> Answering:
    review = case.open
    able = bool({Role.APPROVER, Role.ADMIN} & caller.roles) and review is not None
    credential = review is not None and review.tier >= Tier.CREDENTIAL
    plan = review is not None and bool(review.fingerprint)
    return Answering(
        able=able,
        hindrance=await _hindrance(services, caller, case) if able and plan else "",
        sign_in=credential and not session.fresh(request, services.clock),
        confirm=credential,
        key=str(services.new_id()),
    )


async def _hindrance(services: Services, caller: Caller, case: Case) -> str:
    """Why the policy would not let the caller approve; a sign-in that is not fresh can be mended."""
    assert case.decision is not None
    assert case.open is not None
    try:
        eyes = await look(services, case.stored, case.decision, caller.id, case.given)
        roles = frozenset(role.value for role in caller.roles)
        hand = Hand(
            roles,
            fresh_sign_in=True,
            approved_1h=0,
            approved_24h=0,
            given=case.given,
            needed=case.open.needed,
        )
        refuse_unless_allowed(services, case.decision, eyes, hand)
    except (NotAllowed, OutsideError) as error:
        return str(error)
    return ""


async def _proof(services: Services, case: Case) -> Proven | None:
    """What is proven of the person affected; `None` where no answer needs it."""
    if case.open is None or case.decision is None or case.open.tier < Tier.CREDENTIAL:
        return None
    families = services.tools.policy.texts.families
    if case.decision.decision.label not in {*families["credential"], *families["secret"]}:
        return None
    async with services.engine.connect() as conn:
        return await proven_in(conn, case.stored, case.decision, services.clock())


def _people(facts: Facts | None) -> list[tuple[str, PersonFacts]]:
    """Return everybody the decision knows of, by what they are in it; one person is shown once."""
    if facts is None:
        return []
    named = (
        ("Asks", facts.requester),
        ("Is meant", facts.target),
        ("Would gain access", facts.trustee),
        ("Owns the mailbox", facts.mailbox_owner),
        *(("Is meant too", other) for other in facts.others),
    )
    cards: dict[str, tuple[str, PersonFacts]] = {}
    for part, person in named:
        if person is None:
            continue
        key = person.id or part
        before = cards[key][0] if key in cards else ""
        cards[key] = (f"{before} and {part[0].lower()}{part[1:]}" if before else part, person)
    return list(cards.values())


def _stale(case: Case, seen: str) -> Difference | None:
    """Return what changed since the plan that was seen, or since the decision before that came back."""
    now, review = case.decision, case.open
    if now is None:
        return None
    before = shown_before(seen, case.decisions)
    if before is None and review is not None and review.reason and len(case.decisions) > 1:
        before = case.decisions[1]
    if before is None or before.id == now.id:
        return None
    found = difference(before, now)
    return found if found.any else None
