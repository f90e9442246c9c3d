"""The state of one ServiceNow instance: its tables, accounts and tokens, and how records are found in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from triage.sandbox.servicenow.schema import Columns, column_at, display_column
from triage.sandbox.tenant import Tenant, new_id, stable_id

Row = dict[str, str]
"""A record as the database keeps it: every value a string, nothing as the empty string, times in UTC."""

INTEGRATION_USER = "triage.integration"
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Account:
    """A user who may call the API; Basic is refused to all but web-service accounts (KB3025707)."""

    user_name: str
    roles: frozenset[str]
    password: str = field(repr=False)
    web_service_only: bool = True
    locked_out: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """An access token that was handed out: whom it stands for and until when."""

    user_name: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """Every way the integration user can sign in."""

    client_id: str
    client_secret: str = field(repr=False)
    user_name: str
    password: str = field(repr=False)
    api_key: str = field(repr=False)


@dataclass(slots=True)
class Instance:
    """One instance: `tables` maps table to sys_id to row, `numbers` the last number given in a table.

    `files` holds the content of attachments by sys_id; `close_refused` is what a business rule says to
    everybody who ends a task (empty: none does). `properties` are system properties (`glide.…`); `time_zone`
    is that of the integration user and shows in display values only. `hidden` are records an access rule
    keeps from everybody who calls: left out of a page after its limit was applied.
    """

    tenant: Tenant
    tables: dict[str, dict[str, Row]]
    accounts: dict[str, Account]
    numbers: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    close_refused: str = ""
    hidden: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    token_life: timedelta = timedelta(seconds=1799)
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Berlin"))


def credentials(tenant: Tenant) -> Credentials:
    """Return what opens the instance of this tenant.

    All of it follows from the tenant id: it opens nothing but a sandbox on this machine, and a restarted
    sandbox must accept the settings it printed before.
    """
    secret = {
        kind: stable_id(tenant.id, "servicenow", kind) for kind in ("client", "secret", "password", "key")
    }
    return Credentials(
        client_id=UUID(secret["client"]).hex,
        client_secret=f"sandbox-{secret['secret']}",
        user_name=INTEGRATION_USER,
        password=f"sandbox-{secret['password']}",
        api_key=f"sandbox-{secret['key']}",
    )


def now_text(instance: Instance) -> str:
    """Return the time as the database writes it: UTC, whole seconds."""
    return instance.tenant.clock().astimezone(UTC).strftime(TIME_FORMAT)


def new_sys_id(instance: Instance, table: str) -> str:
    """Return the next sys_id of a table, 32 hex digits, the same in every run."""
    return UUID(new_id(instance.tenant, f"servicenow/{table}")).hex


def sys_id_of(tenant: Tenant, kind: str, name: str) -> str:
    """Return the sys_id of a record that exists from the beginning, made of its name."""
    return UUID(stable_id(tenant.id, "servicenow", kind, name)).hex


def rows_where(instance: Instance, table: str, column: str, value: str) -> Iterator[Row]:
    """Yield the rows of a table whose column is exactly this value, oldest first."""
    return (row for row in instance.tables[table].values() if row.get(column, "") == value)


def first_where(instance: Instance, table: str, column: str, value: str) -> Row | None:
    """Return the oldest row of a table whose column is exactly this value, or None."""
    return next(rows_where(instance, table, column, value), None)


def row_by_number(instance: Instance, number: str) -> tuple[str, Row] | None:
    """Return table and row of the task with this number, or None."""
    tables = ("incident", "sc_req_item", "sc_task", "sc_request")
    found = ((table, first_where(instance, table, "number", number)) for table in tables)
    return next(((table, row) for table, row in found if row is not None), None)


def value_at(instance: Instance, table: str, row: Row, path: str) -> str:
    """Return the database value at a dot-walked path; an empty or dangling reference on the way gives ""."""
    first, _, rest = path.partition(".")
    value = row.get(first, "")
    if not rest:
        return value
    target = column_at(table, first)
    next_row = (
        instance.tables[target.target].get(value) if target and target.target in instance.tables else None
    )
    return value_at(instance, target.target, next_row, rest) if target and next_row else ""


def name_of(instance: Instance, table: str, sys_id: str) -> str:
    """Return what a reference to this record shows; a record that is not there shows nothing."""
    row = instance.tables.get(table, {}).get(sys_id)
    return row.get(display_column(table), "") if row else ""


def blank_row(columns: Columns) -> Row:
    """Return a row of these columns with nothing in it."""
    return dict.fromkeys(columns, "")
