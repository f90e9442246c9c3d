"""What is kept of a write beside the record itself: journal entries and the tenant's change log."""

from collections.abc import Mapping
from dataclasses import dataclass

from triage.sandbox.servicenow import rules
from triage.sandbox.servicenow.choices import label
from triage.sandbox.servicenow.instance import Instance, Row, name_of, new_sys_id
from triage.sandbox.servicenow.schema import TABLES, TASKS
from triage.sandbox.tenant import record

JOURNALS = ("work_notes", "comments")
_SINGULAR = {
    "incident": "Incident",
    "sc_request": "Request",
    "sc_req_item": "Requested item",
    "sc_task": "Catalog task",
}


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: an account with its roles, or a person of the company in the sandbox's own pages."""

    user_name: str
    roles: frozenset[str] = frozenset()


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


def write_log(instance: Instance, table: str, row: Row, change: tuple[Row, Row], author: Author) -> None:
    """Write a change of a task, values before and after, into the log in the words a person reads."""
    before, after = change
    if table not in TASKS:
        return
    record(
        instance.tenant,
        actor=author.user_name,
        area="servicenow",
        what=f"{_SINGULAR[table]} {_verb(table, before, after)}",
        target=(row["sys_id"], row["number"]),
        before={name: shown(instance, table, name, value) for name, value in before.items()},
        after={name: shown(instance, table, name, value) for name, value in after.items()},
    )


def _verb(table: str, before: Row, after: Row) -> str:
    if not before and not set(after) & set(JOURNALS):
        return "opened"
    if after.get("state") == rules.RESOLVED and table == "incident":
        return "resolved"
    if "state" in after and rules.is_over(table, after):
        return "closed"
    return "updated" if before else "commented" if "comments" in after else "noted"


def shown(instance: Instance, table: str, name: str, value: str) -> str:
    """Return what a person reads in this column: the label of a choice, the name behind a reference."""
    column = TABLES[table][name]
    return (
        name_of(instance, column.target, value) if column.kind == "reference" else label(table, name, value)
    )
