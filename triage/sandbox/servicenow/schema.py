"""The tables and columns this instance has, with the kind of each; names as in ServiceNow's base system."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "integer", "boolean", "datetime", "reference", "journal"]


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds; `target` is the table a reference points into, else empty."""

    kind: Kind
    target: str = ""


Columns = dict[str, Column]


def _columns(spec: str) -> Columns:
    """Read `name`, `name:kind` and `name>table` (a reference), separated by blanks."""
    columns: Columns = {}
    for word in spec.split():
        name, _, target = word.partition(">")
        name, _, kind = name.partition(":")
        columns[name] = Column("reference", target) if target else Column(_KINDS[kind])
    return columns


_KINDS: dict[str, Kind] = {
    "": "string",
    "int": "integer",
    "bool": "boolean",
    "time": "datetime",
    "journal": "journal",
}

_SYSTEM = "sys_id sys_created_on:time sys_created_by sys_updated_on:time sys_updated_by sys_mod_count:int "

# The columns every task has, whatever kind of task it is (table `task`).
_TASK = (
    _SYSTEM
    + "number sys_class_name short_description description state:int priority:int impact:int urgency:int "
    "active:bool opened_at:time opened_by>sys_user closed_at:time closed_by>sys_user close_notes "
    "assignment_group>sys_user_group assigned_to>sys_user contact_type cmdb_ci>cmdb_ci approval "
    "correlation_id correlation_display work_notes:journal comments:journal "
)

TABLES: dict[str, Columns] = {
    "incident": _columns(
        _TASK + "incident_state:int hold_reason:int caller_id>sys_user category subcategory close_code "
        "resolved_at:time resolved_by>sys_user reopen_count:int business_service>cmdb_ci"
    ),
    "sc_request": _columns(_TASK + "requested_for>sys_user request_state stage"),
    "sc_req_item": _columns(
        _TASK + "request>sc_request requested_for>sys_user cat_item>sc_cat_item stage quantity:int"
    ),
    "sc_task": _columns(_TASK + "request>sc_request request_item>sc_req_item"),
    "sc_cat_item": _columns(_SYSTEM + "name short_description active:bool"),
    "sc_item_option": _columns(_SYSTEM + "item_option_new>item_option_new value order:int"),
    "sc_item_option_mtom": _columns(_SYSTEM + "request_item>sc_req_item sc_item_option>sc_item_option"),
    "item_option_new": _columns(_SYSTEM + "name question_text cat_item>sc_cat_item"),
    "sysapproval_approver": _columns(
        _SYSTEM + "sysapproval>sc_req_item approver>sys_user state comments:journal"
    ),
    "sys_user": _columns(
        _SYSTEM + "user_name name first_name last_name email employee_number title phone mobile_phone "
        "department location active:bool vip:bool manager>sys_user source web_service_access_only:bool"
    ),
    "sys_user_group": _columns(_SYSTEM + "name description email active:bool manager>sys_user"),
    "cmdb_ci": _columns(_SYSTEM + "name sys_class_name operational_status:int short_description"),
    "sys_journal_field": _columns("sys_id name element element_id value sys_created_on:time sys_created_by"),
    "sys_audit": _columns(
        "sys_id tablename documentkey fieldname oldvalue newvalue user sys_created_on:time sys_created_by"
    ),
    "sys_choice": _columns(_SYSTEM + "name element value label language inactive:bool sequence:int"),
    "sys_attachment": _columns(_SYSTEM + "file_name table_name table_sys_id content_type size_bytes:int"),
}
TASKS = frozenset({"incident", "sc_request", "sc_req_item", "sc_task"})

# What a reference shows instead of its sys_id.
_DISPLAY = dict.fromkeys(TASKS, "number") | {"sc_item_option": "value", "sys_attachment": "file_name"}


def display_column(table: str) -> str:
    """Return the column whose value stands for a record of this table."""
    return _DISPLAY.get(table, "name" if "name" in TABLES[table] else "sys_id")


def column_at(table: str, path: str) -> Column | None:
    """Return the column a dot-walked path (`caller_id.manager.email`) ends in; None: a step is unknown."""
    first, _, rest = path.partition(".")
    column = TABLES[table].get(first) if table in TABLES else None
    if column is None or not rest:
        return column
    return column_at(column.target, rest) if column.kind == "reference" else None
