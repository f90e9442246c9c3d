"""Plays tickets into the instance: rows of an export become incidents and requested items, one by one."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from triage.sandbox.servicenow.catalogue import order
from triage.sandbox.servicenow.founding import SERVICE_DESK
from triage.sandbox.servicenow.history import Author
from triage.sandbox.servicenow.instance import Instance, first_where, rows_where
from triage.sandbox.servicenow.writing import insert

# Whoever opens the ticket here is not the caller: a desk agent takes the call, a monitor raises the alert.
_OPENED_BY_OTHERS = frozenset({"phone", "walk-in", "monitoring"})
_COPIED = ("short_description", "description", "contact_type")
_INCIDENT_ONLY = ("category", "subcategory")
_PERSON_COLUMNS = ("user_name", "email", "employee_number", "name")


@dataclass(frozen=True, slots=True)
class Played:
    """A ticket that is in the instance now; `source` is the number its row had in the export, or ""."""

    table: str
    sys_id: str
    number: str
    source: str


async def play(
    instance: Instance,
    rows: Iterable[Mapping[str, object]],
    interval: timedelta,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Played]:
    """Put each row in and yield it, pausing `interval` between two; see `put_in` for what a row becomes."""
    for index, row in enumerate(rows):
        if index:
            await sleep(interval.total_seconds())
        yield put_in(instance, row)


def put_in(instance: Instance, row: Mapping[str, object]) -> Played:
    """Make one export row (field names as in ServiceNow) a ticket that was opened just now.

    With `cat_item` or `variables` it becomes a requested item, else an incident. State, closing fields and
    times of the row are history and left out; an assignment group or configuration item that does not exist
    here is left empty. Without a channel it came by mail.
    """
    text = {name: str(value).strip() for name, value in row.items() if value is not None}
    caller = person(instance, text.get("caller_id", ""))
    values = {name: text[name] for name in _COPIED if text.get(name)}
    values.setdefault("contact_type", "email")
    values["opened_by"] = _opener(instance, text, caller)
    values["assignment_group"] = _named(
        instance, "sys_user_group", text.get("assignment_group") or SERVICE_DESK
    )
    values["cmdb_ci"] = _named(instance, "cmdb_ci", text.get("cmdb_ci", ""))
    author = Author(instance.tables["sys_user"].get(values["opened_by"], {}).get("user_name", "guest"))
    variables = _variables(row.get("variables"))
    if variables or text.get("cat_item"):
        values["requested_for"] = caller
        made = order(instance, text.get("cat_item") or "General request", values, variables, author)
        return Played("sc_req_item", made["sys_id"], made["number"], text.get("number", ""))
    values |= {name: text[name] for name in _INCIDENT_ONLY if text.get(name)} | {"caller_id": caller}
    made = insert(instance, "incident", values, author)
    return Played("incident", made["sys_id"], made["number"], text.get("number", ""))


def person(instance: Instance, name: str) -> str:
    """Return the sys_id of the one person with this UPN, mail, employee id or display name, else "".

    A name two people share is nobody's: an import must not hand one person's ticket to another.
    """
    wanted = name.strip().casefold()
    for column in _PERSON_COLUMNS if wanted else ():
        found = [
            row["sys_id"] for row in instance.tables["sys_user"].values() if row[column].casefold() == wanted
        ]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def _opener(instance: Instance, text: Mapping[str, str], caller: str) -> str:
    if opener := person(instance, text.get("opened_by", "")):
        return opener
    if text.get("contact_type") not in _OPENED_BY_OTHERS:
        return caller
    agents = rows_where(instance, "sys_user", "department", "IT Operations")
    return next((agent["sys_id"] for agent in agents if agent["active"] == "true"), "")


def _named(instance: Instance, table: str, name: str) -> str:
    found = first_where(instance, table, "name", name) if name else None
    return found["sys_id"] if found else ""


def _variables(value: object) -> dict[str, str]:
    """Read form fields from an object or its JSON text; anything else is no form."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    if not isinstance(value, Mapping):
        return {}
    return {str(name): "" if field is None else str(field) for name, field in value.items()}
