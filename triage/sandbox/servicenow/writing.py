"""Inserts and updates as the instance does them: read-only columns, numbers, journals and rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage.sandbox.servicenow import rules
from triage.sandbox.servicenow.history import (
    JOURNALS,
    Author,
    changed,
    opened,
    write_audit,
    write_journals,
    write_log,
)
from triage.sandbox.servicenow.instance import (
    Instance,
    Row,
    blank_row,
    first_where,
    new_sys_id,
    now_text,
    rows_where,
)
from triage.sandbox.servicenow.schema import TABLES, TASKS

_PREFIX = {"incident": "INC", "sc_request": "REQ", "sc_req_item": "RITM", "sc_task": "SCTASK"}
_READ_ONLY = frozenset({"number", "priority", "reopen_count", "active"})
_DEFAULTS = {"state": "1", "impact": "3", "urgency": "3", "active": "true", "approval": "not requested"}


@dataclass(frozen=True, slots=True)
class _Stamp:
    user: str
    at: str


class Aborted(Exception):  # noqa: N818 - what happened, as all our errors are named
    """A business rule or data policy stopped the write; the text says which."""


def insert(instance: Instance, table: str, values: Mapping[str, str], author: Author) -> Row:
    """Add a record and return it; a task gets number, state 1, opener and opening time unless they are given.

    Raises:
        Aborted: the rules of the table refuse the record.
    """
    now, columns = now_text(instance), TABLES[table]
    row = blank_row(columns) | {
        "sys_id": new_sys_id(instance, table),
        "sys_created_on": now,
        "sys_created_by": author.user_name,
    }
    if table in TASKS:
        row |= _new_task(instance, table, author, now)
    written = row | _writable(table, values)
    if table == "incident":
        written |= rules.in_step(row, written)
    if table in TASKS:
        _check(table, row, written, values.get("comments", ""), author)
        written |= rules.consequences(table, row, written, _stamp(instance, author))
    written |= {"sys_updated_on": now, "sys_updated_by": author.user_name, "sys_mod_count": "0"}
    instance.tables[table][row["sys_id"]] = written
    write_journals(instance, table, written, values, author)
    write_log(instance, table, written, opened(table, written), author)
    return written


def update(instance: Instance, table: str, row: Row, values: Mapping[str, str], author: Author) -> Row:
    """Change a record in place and return it; unknown and read-only columns are passed over without a word.

    A change of nothing writes nothing. Journal columns add an entry and stay empty in the record.

    Raises:
        Aborted: a rule refuses the change; nothing was written.
    """
    after = row | _writable(table, values)
    comment = values.get("comments", "")
    journals = [name for name in JOURNALS if values.get(name) and name in TABLES[table]]
    if table == "incident":
        after |= rules.in_step(row, after)
    if after == row and not journals:
        return row
    if table in TASKS:
        _check(table, row, after, comment, author)
        if instance.close_refused and rules.ends(table, row, after):
            raise Aborted(instance.close_refused)
        after |= rules.consequences(table, row, after, _stamp(instance, author))
    after["sys_updated_on"], after["sys_updated_by"] = now_text(instance), author.user_name
    after["sys_mod_count"] = str(int(row["sys_mod_count"]) + 1)
    differing = [name for name, value in after.items() if value != row[name]]
    before = {name: row[name] for name in differing}
    row.update(after)
    write_journals(instance, table, row, values, author)
    write_audit(instance, table, row, before, author)
    told = {name: row[name] for name in differing} | {name: values[name] for name in journals}
    write_log(instance, table, row, changed(table, before, told), author)
    _close_parents(instance, table, row)
    return row


def _new_task(instance: Instance, table: str, author: Author, now: str) -> Row:
    number = instance.numbers.get(table, 10000) + 1
    instance.numbers[table] = number
    opener = first_where(instance, "sys_user", "user_name", author.user_name)
    defaults = {name: value for name, value in _DEFAULTS.items() if name in TABLES[table]}
    if table == "incident":
        defaults |= {"incident_state": "1", "reopen_count": "0", "category": "inquiry"}
    return defaults | {
        "number": f"{_PREFIX[table]}{number:07d}",
        "sys_class_name": table,
        "opened_at": now,
        "opened_by": opener["sys_id"] if opener else "",
    }


def _writable(table: str, values: Mapping[str, str]) -> Row:
    """Return the values that may be written to columns of this table, journals left out."""
    columns = TABLES[table]
    return {
        name: value
        for name, value in values.items()
        if name in columns
        and columns[name].kind != "journal"
        and not name.startswith("sys_")
        and name not in _READ_ONLY
    }


def _stamp(instance: Instance, author: Author) -> _Stamp:
    user = first_where(instance, "sys_user", "user_name", author.user_name)
    return _Stamp(user["sys_id"] if user else "", now_text(instance))


def _check(table: str, before: Row, after: Row, comment: str, author: Author) -> None:
    if reason := rules.objection(table, before, after, comment, author.roles):
        raise Aborted(reason)


def _close_parents(instance: Instance, table: str, row: Row) -> None:
    """Let the flow close the requested item after its last task, and the request after its last item."""
    link = {"sc_task": ("request_item", "sc_req_item"), "sc_req_item": ("request", "sc_request")}.get(table)
    if link is None or not rules.is_over(table, row):
        return
    column, parent_table = link
    parent = instance.tables[parent_table].get(row[column])
    siblings = list(_siblings(instance, table, column, row[column]))
    if parent is None or rules.is_over(parent_table, parent) or any(s["active"] == "true" for s in siblings):
        return
    complete = all(sibling["state"] == rules.CLOSED_COMPLETE for sibling in siblings)
    end = {"state": rules.CLOSED_COMPLETE if complete else rules.CLOSED_INCOMPLETE}
    if parent_table == "sc_request":
        end["request_state"] = "closed_complete" if complete else "closed_incomplete"
    update(instance, parent_table, parent, end, Author("system"))


def _siblings(instance: Instance, table: str, column: str, parent: str) -> Iterator[Row]:
    return rows_where(instance, table, column, parent)
