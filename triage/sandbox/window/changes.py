"""The change log for people: what was done to whom, by whom and when, value by value."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from triage.sandbox.records import Area, Change
from triage.sandbox.servicenow.instance import row_by_number
from triage.sandbox.window.frame import Company, company_of, page, sliced, wanted

AREAS: dict[Area, str] = {
    "servicenow": "ServiceNow",
    "directory": "Entra",
    "onprem": "Active Directory",
    "automation": "Automation",
    "mail": "Mail",
    "vault": "Key Vault",
}
_NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of a change; of lists only what was taken away and what was added."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change as it is shown; `href` leads to what was changed, "" where there is no page for it."""

    at: datetime
    area: str
    area_name: str
    what: str
    actor: str
    target: str
    href: str
    differences: tuple[Difference, ...]


async def show(request: Request) -> Response:
    """Show the whole log, newest first, or one area of it."""
    company, area = company_of(request), wanted(request, "area")
    log = [c for c in reversed(company.tenant.changes) if area not in AREAS or c.area == area]
    found = sliced(log, request)
    facts = {"found": found, "steps": steps(company, found.items), "areas": AREAS, "area": area}
    return page(request, "changes.html", facts)


def steps(company: Company, changes: Iterable[Change]) -> tuple[Step, ...]:
    """Return these changes as they are shown, in the same order."""
    return tuple(_step(company, change) for change in changes)


def of_target(company: Company, target: str) -> tuple[Step, ...]:
    """Return what was done to the object with this id, newest first."""
    return steps(company, (c for c in reversed(company.tenant.changes) if c.target == target))


def differences(change: Change) -> tuple[Difference, ...]:
    """Return the values of a change that differ, in the order they were recorded."""
    fields = dict.fromkeys([*change.before, *change.after])
    pairs = ((field, change.before.get(field), change.after.get(field)) for field in fields)
    return tuple(_difference(field, before, after) for field, before, after in pairs if before != after)


def _step(company: Company, change: Change) -> Step:
    return Step(
        change.at,
        change.area,
        AREAS[change.area],
        change.what,
        change.actor,
        change.target_name,
        _href(company, change),
        differences(change),
    )


def _href(company: Company, change: Change) -> str:
    if change.target in company.tenant.users:
        return f"/people/{change.target}"
    if change.target in company.tenant.groups:
        return f"/groups/{change.target}"
    if change.area == "servicenow" and row_by_number(company.instance, change.target_name):
        return f"/tickets/{change.target_name}"
    return f"/mail/{change.target}" if change.area == "mail" else ""


def _difference(field: str, before: object, after: object) -> Difference:
    if isinstance(before, list) and isinstance(after, list):
        gone = [one for one in before if one not in after]
        come = [one for one in after if one not in before]
        return Difference(field, _text(gone), _text(come))
    return Difference(field, _text(before), _text(after))


def _text(value: object) -> str:
    if value is None or value in ("", [], {}):
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict) else str(value)
