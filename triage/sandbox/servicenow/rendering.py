"""How a record leaves the API: chosen fields, database or display values, reference links."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast, get_args

from triage.sandbox.records import Json
from triage.sandbox.servicenow.choices import label
from triage.sandbox.servicenow.instance import TIME_FORMAT, Instance, Row, name_of, rows_where, value_at
from triage.sandbox.servicenow.schema import TABLES, Column, column_at

Display = Literal["false", "true", "all"]


@dataclass(frozen=True, slots=True)
class View:
    """How the caller wants records: empty `fields` are all columns, `base` is the instance's address."""

    fields: tuple[str, ...]
    display: Display
    links: bool
    base: str


def display_of(text: str | None) -> Display:
    """Read `sysparm_display_value`; anything unknown counts as the default, database values."""
    return cast("Display", text) if text in get_args(Display) else "false"


def rendered(instance: Instance, table: str, row: Row, view: View) -> Json:
    """Return the record as JSON; fields that do not exist are left out without a word."""
    paths = view.fields or tuple(TABLES[table])
    return {path: _cell(instance, table, row, path, view) for path in paths if column_at(table, path)}


def shown_at(instance: Instance, table: str, row: Row, path: str) -> str:
    """Return the display value at a dot-walked path: label, name behind a reference, local time, journal."""
    column, value = column_at(table, path), value_at(instance, table, row, path)
    owner, _, name = path.rpartition(".")
    parent = column_at(table, owner) if owner else None
    holder = parent.target if parent else table
    if column is None:
        return ""
    if column.kind == "reference":
        return name_of(instance, column.target, value)
    if column.kind == "datetime":
        return local_time(instance, value)
    if column.kind == "journal":
        return journal_text(instance, value_at(instance, table, row, f"{owner}.sys_id".lstrip(".")), name)
    return label(holder, name, value)


def local_time(instance: Instance, value: str) -> str:
    """Return a database time in the time zone of the integration user; "" stays ""."""
    if not value:
        return ""
    at = datetime.strptime(value, TIME_FORMAT).replace(tzinfo=UTC)
    return at.astimezone(instance.time_zone).strftime(TIME_FORMAT)


def journal_text(instance: Instance, sys_id: str, element: str) -> str:
    """Return the whole journal of a record as its form shows it: newest entry first, with time and author."""
    title = {"work_notes": "Work notes", "comments": "Additional comments"}[element]
    entries = [
        row
        for row in rows_where(instance, "sys_journal_field", "element_id", sys_id)
        if row["element"] == element
    ]
    return "".join(
        f"{local_time(instance, entry['sys_created_on'])} - {author_name(instance, entry['sys_created_by'])} "
        f"({title})\n{entry['value']}\n\n"
        for entry in reversed(entries)
    )


def author_name(instance: Instance, user_name: str) -> str:
    """Return the name of the person behind a user name; a user name without a person is shown itself."""
    found = next(rows_where(instance, "sys_user", "user_name", user_name), None)
    return found["name"] if found else user_name


def _cell(instance: Instance, table: str, row: Row, path: str, view: View) -> Json | str:
    value = value_at(instance, table, row, path)
    shown = "" if view.display == "false" else shown_at(instance, table, row, path)
    link = _link(view, column_at(table, path), value)
    if view.display == "all":
        return {"display_value": shown, "value": value} | link
    if link:
        return link | ({"value": value} if view.display == "false" else {"display_value": shown})
    return value if view.display == "false" else shown


def _link(view: View, column: Column | None, value: str) -> dict[str, str]:
    """Return the `link` of a filled reference; an empty reference has none and is a plain string."""
    if column is None or column.kind != "reference" or not value or not view.links:
        return {}
    return {"link": f"{view.base}/api/now/table/{column.target}/{value}"}
