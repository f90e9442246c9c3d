"""Incidents and requested items as ServiceNow shows them: the list, and one record with its activity."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from triage.sandbox.servicenow.catalogue import variables_of
from triage.sandbox.servicenow.choices import CHOICES
from triage.sandbox.servicenow.instance import (
    TIME_FORMAT,
    Instance,
    Row,
    row_by_number,
    rows_where,
    sys_id_of,
)
from triage.sandbox.servicenow.rendering import author_name, shown_at
from triage.sandbox.window.changes import Step, of_target
from triage.sandbox.window.frame import Company, company_of, page, sliced, wanted

_PERSON = {"incident": "caller_id", "sc_req_item": "requested_for"}
_LISTED = tuple(_PERSON)
_FORM = {
    "incident": (
        *("number", "state", "caller_id", "contact_type", "category", "subcategory", "cmdb_ci", "impact"),
        *("urgency", "priority", "assignment_group", "assigned_to", "opened_by", "opened_at", "hold_reason"),
        *("sys_updated_by", "sys_updated_on", "sys_mod_count", "correlation_id"),
    ),
    "sc_req_item": (
        *("number", "state", "requested_for", "cat_item", "request", "stage", "approval", "contact_type"),
        *("priority", "assignment_group", "assigned_to", "opened_by", "opened_at", "closed_at"),
        *("sys_updated_by", "sys_updated_on", "sys_mod_count", "correlation_id"),
    ),
}
_FORM["sc_request"] = _FORM["sc_task"] = (
    "number",
    "state",
    "opened_by",
    "opened_at",
    "closed_at",
    "sys_updated_on",
)
_RESOLUTION = ("close_code", "close_notes", "resolved_by", "resolved_at", "closed_by", "closed_at")
_LABELS = {
    "caller_id": "Caller",
    "contact_type": "Channel",
    "cmdb_ci": "Configuration item",
    "cat_item": "Item",
    "sys_updated_by": "Updated by",
    "sys_updated_on": "Updated",
    "sys_mod_count": "Updates",
    "close_code": "Resolution code",
    "close_notes": "Resolution notes",
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """One line of the list; `caller_id` is a sys_id, `tone` names the colour of the state."""

    number: str
    kind: str
    text: str
    caller: str
    caller_id: str
    channel: str
    group: str
    state: str
    tone: str
    opened: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the activity: a work note, a comment the caller sees too, or a change of fields."""

    at: datetime
    author: str
    kind: str
    text: str
    step: Step | None = None


async def show_list(request: Request) -> Response:
    """Show the tickets, newest first, by state and search word."""
    company, state, word = company_of(request), wanted(request, "state"), wanted(request, "q")
    every = tickets(company.instance)
    states = {name: sum(ticket.state == name for ticket in every) for name in _states()}
    chosen = [t for t in every if state in {"", t.state} and _matches(t, word)]
    facts = {"found": sliced(chosen, request), "states": states, "state": state, "q": word, "all": len(every)}
    return page(request, "tickets.html", facts)


async def show_one(request: Request) -> Response:
    """Show one record: its form, its variables, its resolution and its activity."""
    company = company_of(request)
    found = row_by_number(company.instance, request.path_params["number"])
    if found is None:
        raise HTTPException(404, "There is no such ticket.")
    table, row = found
    instance = company.instance
    facts = {
        "ticket": _ticket(instance, table, row),
        "form": _labelled(instance, table, row, _FORM[table]),
        "resolution": _labelled(instance, table, row, [name for name in _RESOLUTION if row.get(name)]),
        "description": row["description"],
        "variables": variables_of(instance, row["sys_id"]),
        "activity": activity(company, row),
        "caller": _graph_id(company, row),
    }
    return page(request, "ticket.html", facts)


def tickets(instance: Instance) -> list[Ticket]:
    """Return every incident and requested item, the latest opened first."""
    found = [_ticket(instance, table, row) for table in _LISTED for row in instance.tables[table].values()]
    return sorted(found, key=lambda ticket: (ticket.opened, ticket.number), reverse=True)


def activity(company: Company, row: Row) -> list[Entry]:
    """Return journal entries and field changes of a record together, newest first."""
    instance = company.instance
    entries = [
        Entry(
            _time(j["sys_created_on"]), author_name(instance, j["sys_created_by"]), j["element"], j["value"]
        )
        for j in reversed(list(rows_where(instance, "sys_journal_field", "element_id", row["sys_id"])))
    ]
    for step in of_target(company, row["sys_id"]):
        fields = tuple(d for d in step.differences if d.field not in {"work_notes", "comments"})
        if fields:
            shown = replace(step, differences=fields)
            entries.append(Entry(step.at, author_name(instance, step.actor), "change", step.what, shown))
    return sorted(entries, key=lambda entry: entry.at.replace(microsecond=0), reverse=True)


def _ticket(instance: Instance, table: str, row: Row) -> Ticket:
    person = _PERSON.get(table, "opened_by")
    return Ticket(
        row["number"],
        {"incident": "Incident", "sc_req_item": "Requested item"}.get(table, "Task"),
        row["short_description"] or row["description"][:120] or "(no text)",
        shown_at(instance, table, row, person),
        row[person],
        shown_at(instance, table, row, "contact_type"),
        shown_at(instance, table, row, "assignment_group"),
        shown_at(instance, table, row, "state"),
        _tone(table, row["state"]),
        _time(row["opened_at"]),
        _time(row["sys_updated_on"]),
    )


def _tone(table: str, state: str) -> str:
    if table == "incident":
        return {"1": "new", "2": "busy", "3": "wait", "6": "done", "7": "done"}.get(state, "off")
    return {"1": "new", "2": "busy", "-5": "wait", "3": "done"}.get(state, "off")


def _states() -> Mapping[str, None]:
    return dict.fromkeys(name for table in _LISTED for name in CHOICES[table, "state"].values())


def _matches(ticket: Ticket, word: str) -> bool:
    text = f"{ticket.number} {ticket.text} {ticket.caller} {ticket.group}"
    return word.casefold() in text.casefold()


def _labelled(instance: Instance, table: str, row: Row, names: tuple[str, ...] | list[str]) -> dict[str, str]:
    return {
        _LABELS.get(name, name.replace("_", " ").capitalize()): shown_at(instance, table, row, name)
        for name in names
        if name in row
    }


def _graph_id(company: Company, row: Row) -> str:
    """Return the directory object of the caller, "" when it is not one person of the directory."""
    caller = row.get(_PERSON.get(row["sys_class_name"], ""), "")
    users = company.tenant.users
    return next((user for user in users if caller == sys_id_of(company.tenant, "user", user)), "")


def _time(text: str) -> datetime:
    return datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)
