"""What the desk reads of the people in a ticket: facts from Entra, no words of the ticket, no secret."""

from __future__ import annotations

from triage.domain.facts import Facts, PersonFacts
from triage.domain.ticket import Ticket

_LISTED = 8
"""So many groups are named; of more, the number is told."""


def note(facts: Facts, ticket: Ticket) -> str:
    """Return the lines of a work note: requester, person affected, further people, the thing asked for."""
    lines = [f"Caller ({ticket.contact_type.value}): {_who(facts.requester)}; relation: {_relations(facts)}"]
    lines += _details(facts.requester)
    if facts.target is not None and (facts.requester is None or facts.target.id != facts.requester.id):
        lines.append(f"Person affected: {_who(facts.target)}")
        lines += _details(facts.target)
    lines += [f"Also meant: {_who(other)}" for other in facts.others]
    lines += [f"Gains access: {_who(facts.trustee)}"] if facts.trustee else []
    return "\n".join([*lines, *_things(facts)])


def _relations(facts: Facts) -> str:
    """Name what the requester is to the person affected, the closest first, and to the thing asked for."""
    further = sorted(facts.relations - {facts.relation})
    return ", ".join(one.value.replace("_", " ") for one in (facts.relation, *further))


def _who(person: PersonFacts | None) -> str:
    if person is None:
        return "nobody in the directory"
    if not person.known:
        return "could not be looked up"
    marks = {
        "disabled": not person.enabled,
        "guest": person.guest,
        "synced": person.synced,
        "service account": person.service,
        "break-glass": person.break_glass,
        "VIP": person.vip,
        "holds or may hold a directory role": person.privileged,
    }
    told = ", ".join(mark for mark, true in marks.items() if true)
    return f"{person.display_name} <{person.upn}>" + (f" ({told})" if told else "")


def _details(person: PersonFacts | None) -> list[str]:
    """Return department, licences, groups and last sign-in of somebody who could be looked up."""
    if person is None or not person.known:
        return []
    where = ", ".join(part for part in (person.job_title, person.department, person.office) if part)
    seen = f"{person.last_sign_in:%Y-%m-%d %H:%M} UTC" if person.last_sign_in else "not known"
    return [
        f"  {where or 'no department'}; manager: {'in Entra' if person.manager_id else 'none in Entra'}",
        f"  licences: {', '.join(person.licenses) or 'none'}",
        f"  groups: {_some(person.groups)}",
        f"  last sign-in: {seen}",
    ]


def _some(groups: tuple[str, ...]) -> str:
    if not groups:
        return "none"
    more = f" and {len(groups) - _LISTED} more" if len(groups) > _LISTED else ""
    return ", ".join(sorted(groups)[:_LISTED]) + more


def _things(facts: Facts) -> list[str]:
    found = list(facts.traces)
    if facts.group is not None and facts.group.known:
        group, owners = facts.group, len(facts.group.owner_ids)
        found.append(f"Group {group.name}: {group.kind}, {group.member_count} members, {owners} owners")
    if facts.license is not None and facts.license.known:
        found.append(f"Licence {facts.license.sku}: {facts.license.free} seats free")
        saved = f" (saves {facts.license.price})" if facts.license.price else ""
        found += [f"  idle seat of {one.name}: {one.why}{saved}" for one in facts.license.idle]
    if facts.service is not None and facts.service.known:
        allowed = "on the allow-list" if facts.service.allowed else "not on the allow-list"
        found.append(f"Service {facts.service.service} on {facts.service.server}: {allowed}")
    return found
