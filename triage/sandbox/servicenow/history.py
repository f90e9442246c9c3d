"""What is kept of a write beside the record itself: journal entries and the tenant's change log."""

from collections.abc import Mapping
from dataclasses import dataclass

from triage.sandbox.servicenow import rules
from triage.sandbox.servicenow.choices import label
from triage.sandbox.servicenow.instance import Instance, Row, name_of, new_sys_id
from triage.sandbox.servicenow.schema import TABLES, TASKS
from triage.sandbox.tenant import record

AUDITED = frozenset({"sysapproval_approver"})
JOURNALS = ("work_notes", "comments")
_SINGULAR = {
    "incident": "Incident",
    "sc_request": "Request",
    "sc_req_item": "Requested item",
    "sc_task": "Catalog task",
}
# What the log tells of a new record.
_TOLD = ("short_description", "caller_id", "requested_for", "cat_item", "request_item", "contact_type")
# What the instance sets by itself and a reader of the log knows anyway.
_NOISE = frozenset(
    {"sys_updated_on", "sys_updated_by", "sys_mod_count", "incident_state", "active", "resolved_at"}
    | {"resolved_by", "closed_at", "closed_by"}
)


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: an account with its roles, or a person of the company in the sandbox's own pages."""

    user_name: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """What the log says of a write: a few words, and values before and after."""

    what: str
    before: Row
    after: Row


def write_journals(
    instance: Instance, table: str, row: Row, values: Mapping[str, str], author: Author
) -> None:
    """Append what `values` holds for journal columns to `sys_journal_field`; entries never change again."""
    for element in JOURNALS:
        if not values.get(element) or element not in TABLES[table]:
            continue
        sys_id = new_sys_id(instance, "sys_journal_field")
        instance.tables["sys_journal_field"][sys_id] = {
            "sys_id": sys_id,
            "name": table,
            "element": element,
            "element_id": row["sys_id"],
            "value": values[element],
            "sys_created_on": row["sys_updated_on"],
            "sys_created_by": author.user_name,
        }


def write_audit(instance: Instance, table: str, row: Row, before: Row, author: Author) -> None:
    """Keep who changed which column of an audited table from what to what, in `sys_audit`."""
    for name, value in before.items():
        if table not in AUDITED or name in _NOISE:
            continue
        sys_id = new_sys_id(instance, "sys_audit")
        instance.tables["sys_audit"][sys_id] = {
            "sys_id": sys_id,
            "tablename": table,
            "documentkey": row["sys_id"],
            "fieldname": name,
            "oldvalue": value,
            "newvalue": row[name],
            "user": author.user_name,
            "sys_created_on": row["sys_updated_on"],
            "sys_created_by": author.user_name,
        }


def opened(table: str, row: Row) -> Told:
    """Return what is told of a new record; the record itself has the rest."""
    return Told(
        f"{_SINGULAR.get(table, table)} opened", {}, {name: row[name] for name in _TOLD if row.get(name)}
    )


def changed(table: str, before: Row, after: Row) -> Told:
    """Return what is told of a change: the state says most, then what the caller reads, then the rest."""
    kind = _SINGULAR.get(table, table)
    told = {name: after[name] for name in after if name not in _NOISE}
    if after.get("state") == rules.RESOLVED and table == "incident":
        what = f"{kind} resolved"
    elif "state" in after and rules.is_over(table, after):
        what = f"{kind} closed"
    elif set(told) - set(JOURNALS):
        what = f"{kind} updated"
    else:
        what = "Comment added" if "comments" in after else "Work note added"
    return Told(what, {name: value for name, value in before.items() if name in told}, told)


def write_log(instance: Instance, table: str, row: Row, told: Told, author: Author) -> None:
    """Write a change of a task into the log, in the words a person reads."""
    if table not in TASKS:
        return
    record(
        instance.tenant,
        actor=author.user_name,
        area="servicenow",
        what=told.what,
        target=(row["sys_id"], row["number"]),
        before={name: shown(instance, table, name, value) for name, value in told.before.items()},
        after={name: shown(instance, table, name, value) for name, value in told.after.items()},
    )


def shown(instance: Instance, table: str, name: str, value: str) -> str:
    """Return what a person reads in this column: the label of a choice, the name behind a reference."""
    column = TABLES[table][name]
    return (
        name_of(instance, column.target, value) if column.kind == "reference" else label(table, name, value)
    )
