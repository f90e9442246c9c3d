"""Looks up live what a decision rests on; a look-up that failed is a fact too, and stops automation."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from actions.clients.graph import GraphClient
from models.prediction import Prediction
from triage.domain.facts import Facts, GroupFacts, MailboxFacts, PersonFacts, ShareFacts, Signal
from triage.domain.request import Request
from triage.domain.site import Site
from triage.domain.ticket import Ticket
from triage.enrich.licences import license_facts
from triage.enrich.newcomers import newcomer_groups
from triage.enrich.note import note
from triage.enrich.people import UNKNOWN, person_facts, requester_facts
from triage.enrich.relations import chain_of, owns, relation_of, relations_of
from triage.enrich.things import (
    device_facts,
    giving_group_facts,
    group_facts,
    mailbox_facts,
    server_facts,
    service_facts,
    share_facts,
    share_group_facts,
)
from triage.enrich.traces import traces_of
from triage.playbooks.model import Playbook

__all__ = ["enrich", "note"]

_TARGETS = ("calendar_owner", "user", "trustee")
"""The parameters that name whose account, data or access changes, the first that is there counts."""
_GAINERS = {"calendar_owner": "trustee", "user": "delegate"}
"""Who gains access to something of the target, by the parameter of the target."""
_SHOWN = 10
"""How many of several people are looked up; more are only counted, and are a matter for people anyway."""


async def enrich(
    ticket: Ticket,
    prediction: Prediction,
    request: Request,
    playbook: Playbook | None,
    graph: GraphClient,
    site: Site,
) -> Facts:
    """Return what is known now of requester, target and the things asked for.

    Nothing is taken from the directory snapshot but immutable ids. What only memory, plan and kill switch
    know keeps its default.

    Raises:
        Throttled: Graph asks to come back later.
    """
    target_name, ids = _targets(request)
    gainer, owner = _ids(request, _GAINERS.get(target_name, "")), _ids(request, "mailbox")
    named = dict.fromkeys((*ids[:_SHOWN], *gainer[:1], *owner[:1]))
    requester, things, looked_up = await asyncio.gather(
        requester_facts(ticket.caller_id, request.requester_id, graph, site),
        _things(request, playbook, ticket.opened_at, graph, site),
        asyncio.gather(*(person_facts(one, graph, site) for one in named if one != request.requester_id)),
    )
    known = {one.id: one for one in (*looked_up, requester) if one is not None and one.known}
    people = [known.get(one, UNKNOWN) for one in ids[:_SHOWN]]
    target = people[0] if people else None
    relations = relations_of(requester, target, ticket.caller_id, site) | owns(requester, _owners(things))
    found: dict[str, object] = {
        "requester": requester,
        "target": target,
        "others": tuple(people[1:]),
        "trustee": known.get(gainer[0], UNKNOWN) if gainer else None,
        "mailbox_owner": known.get(owner[0], UNKNOWN) if owner else None,
        "targets": max(1, len(ids)),
        "relation": relation_of(relations),
        "relations": relations,
        "requester_chain": await chain_of(requester, graph),
        "has_playbook": playbook is not None,
    }
    special = await _special(request, playbook, target, graph, site)
    return _asked(ticket, prediction, request).model_copy(update=found | things | special)


async def _special(
    request: Request, playbook: Playbook | None, target: PersonFacts | None, graph: GraphClient, site: Site
) -> dict[str, object]:
    """Look up what only some labels need: traces of misuse, and what awaits somebody new."""
    manager_id = next(iter(_ids(request, "manager")), "")
    traced = playbook is not None and playbook.traces and target is not None and target.known
    return {
        "traces": await traces_of(target.id, graph) if traced and target else (),
        "newcomer_manager_id": manager_id,
        "newcomer_groups": await newcomer_groups(request, manager_id, graph, site),
    }


def _asked(ticket: Ticket, prediction: Prediction, request: Request) -> Facts:
    """Return what the ticket alone says, before anybody is looked up."""
    return Facts(
        label=prediction.label,
        confidence=prediction.confidence,
        accepted=prediction.accepted,
        novelty=prediction.novelty,
        empty_text=ticket.empty,
        channel=ticket.contact_type,
        vouched=ticket.caller_vouched,
        sources={name: one.source for name, one in request.parameters.items()},
        missing=request.missing,
        ambiguous=tuple(request.ambiguous),
        attribute=_values(request, "attribute"),
        access=_values(request, "access"),
        device_action=_values(request, "action"),
        signals=frozenset(Signal(one) for one in request.signals),
    )


def _targets(request: Request) -> tuple[str, tuple[str, ...]]:
    """Return the parameter that names the people whose account, data or access changes, and their ids."""
    for name in _TARGETS:
        ids = _ids(request, name)
        if ids:
            return name, ids
    return "", ()


def _ids(request: Request, name: str) -> tuple[str, ...]:
    """Return the object ids of a parameter; a shared mailbox has an address and no id."""
    parameter = request.parameters.get(name)
    return tuple(one for one in parameter.ids if "@" not in one) if parameter else ()


def _values(request: Request, name: str) -> str:
    """Return the value of a bounded parameter; several are joined, so that no rule takes them for one."""
    parameter = request.parameters.get(name)
    return ",".join(parameter.values) if parameter else ""


def _owners(things: Mapping[str, object]) -> tuple[str, ...]:
    """Return the ids of all who own one of the things asked for."""
    owned = (thing for thing in things.values() if isinstance(thing, GroupFacts | MailboxFacts | ShareFacts))
    return tuple(owner for thing in owned for owner in thing.owner_ids)


async def _things(
    request: Request, playbook: Playbook | None, now: datetime, graph: GraphClient, site: Site
) -> dict[str, object]:
    """Look up each thing the request names, by the name of its fact; what is idle is so as of `now`."""
    asked = request.parameters
    whole_server = playbook is not None and "service" not in playbook.parameters
    group, license_, share, share_group, device = await asyncio.gather(
        group_facts(asked.get("group"), graph, site),
        license_facts(asked.get("license"), next(iter(_ids(request, "user")), ""), now, graph, site),
        share_facts(asked.get("share"), graph, site),
        share_group_facts(asked.get("share"), asked.get("access"), graph, site),
        device_facts(asked.get("device"), graph),
    )
    giving = await giving_group_facts(license_.group_id if license_ else "", graph, site)
    found = {
        "group": group or share_group or giving,
        "license": license_.facts if license_ else None,
        "share": share,
        "service": server_facts(asked.get("server"), site)
        if whole_server
        else service_facts(asked.get("server"), asked.get("service"), site),
        "mailbox": mailbox_facts(asked.get("mailbox"), site),
        "device": device,
    }
    return {name: fact for name, fact in found.items() if fact is not None}
