"""Where the parameters of a step come from: what an origin such as `user.id` means for a request."""

from __future__ import annotations

from triage.domain.facts import Facts, PersonFacts
from triage.domain.request import Parameter, Request
from triage.playbooks.model import LITERAL, NEW_ACCOUNT


def value_of(origin: str, request: Request, facts: Facts) -> str:
    """Return what an origin (`user.id`, `service.worker_group`, `share.group`, ...) means, or nothing."""
    if origin == NEW_ACCOUNT or origin.startswith(LITERAL):
        return origin.removeprefix(LITERAL)
    name, _, part = origin.partition(".")
    parameter = request.parameters.get(name)
    if part in {"account", "mail"}:
        person = _person(parameter, facts)
        return (person.sam_account_name if part == "account" else person.mail) if person else ""
    if part in {"worker_group", "group", "groups", "idle"}:
        return _known(part, facts)
    return _asked(parameter, part)


def _known(part: str, facts: Facts) -> str:
    """Return what was looked up of the things asked for; nothing of what could not be."""
    service, group, license_ = facts.service, facts.group, facts.license
    found = {
        "worker_group": service.worker_group if service is not None and service.known else "",
        "group": group.id if group is not None and group.known else "",
        "groups": ",".join(facts.newcomer_groups),
        "idle": license_.idle[0].id if license_ is not None and license_.idle else "",
    }
    return found[part]


def _person(found: Parameter | None, facts: Facts) -> PersonFacts | None:
    """Return the one person a parameter means, as Entra shows them now."""
    people = [one for one in (facts.target, facts.trustee) if one is not None and one.known]
    meant = found.ids if found is not None and len(found.ids) == 1 else ()
    return next((one for one in people if one.id in meant), None)


def _asked(found: Parameter | None, part: str) -> str:
    """Return the id, the list or the one value of a parameter; nothing where that is not clear."""
    values, ids = (found.values, found.ids) if found is not None else ((), ())
    if part == "list":
        return ",".join(values)
    if len(values) != 1 or (part == "id" and len(ids) != 1):
        return ""
    return ids[0] if part == "id" else values[0]
