"""Tickets out of ServiceNow: one record with its form, its comments and its caller, as a `Ticket`."""

from __future__ import annotations

from datetime import UTC, datetime

from actions.clients.servicenow import Journal, Row, ServiceNowClient, equal, where
from actions.clients.servicenow.incidents import OURS
from triage.domain.ticket import Channel, Comment, Ticket
from triage.errors import BadInput

SOURCE = "servicenow"
"""`Ticket.source` of what was read from ServiceNow."""

_PERSON = ("", ".email", ".user_name", ".employee_number", ".name")
_SHARED = (
    "number",
    "opened_at",
    "contact_type",
    "short_description",
    "description",
    "assignment_group.name",
    "cmdb_ci.name",
    "correlation_display",
    "state",
    "sys_updated_on",
    "sys_mod_count",
    *(f"opened_by{part}" for part in _PERSON),
)
_OWN = {
    "incident": ("category", "subcategory", *(f"caller_id{part}" for part in _PERSON)),
    "sc_req_item": ("cat_item.name", *(f"requested_for{part}" for part in _PERSON)),
}
_OPEN = {"incident": frozenset({"1", "2", "3"}), "sc_req_item": frozenset({"-5", "1", "2"})}
_FORM = "sc_item_option_mtom"
_FORM_NAME, _FORM_VALUE = "sc_item_option.item_option_new.name", "sc_item_option.value"


def fields_of(table: str) -> tuple[str, ...]:
    """Return the fields that a ticket of `table` is made of.

    Raises:
        BadInput: tickets of that table are not read.
    """
    if table not in _OWN:
        raise BadInput(
            f"tickets are not read from the table {table}",
            hint=f"Tables that are: {', '.join(_OWN)}.",
            subject="TRIAGE_SERVICENOW__TABLES",
        )
    return (*_SHARED, *_OWN[table])


def is_open(table: str, row: Row) -> bool:
    """Whether the ticket still waits for somebody; what we opened ourselves waits for people, not us."""
    return row["state"] in _OPEN[table] and row.get("correlation_display") != OURS


async def read_ticket(client: ServiceNowClient, table: str, sys_id: str) -> Ticket:
    """Read one ticket by its sys_id; caller and channel are then vouched for by ServiceNow.

    Raises:
        NotFound: it does not exist or our user may not see it.
        BadInput: tickets of that table are not read.
    """
    return await ticket_of(client, table, await client.record(table, sys_id, fields_of(table)))


async def ticket_of(client: ServiceNowClient, table: str, row: Row) -> Ticket:
    """Complete a row of `fields_of(table)` by its comments and form, and return it as a ticket."""
    row = dict.fromkeys(fields_of(table), "") | row  # a field the instance does not have is left out silently
    channel = Channel.named(row["contact_type"])
    asker = _asker(table, row, channel)
    return Ticket(
        source=SOURCE,
        table=table,
        sys_id=row["sys_id"],
        number=row["number"],
        caller_id=_name(row, asker),
        caller_vouched=_vouched(row, asker, channel),
        opened_by=_name(row, "opened_by"),
        opened_at=instant(row["opened_at"] or row["sys_updated_on"]),
        contact_type=channel,
        short_description=row["short_description"],
        description=row["description"],
        category=row.get("category", ""),  # a requested item has none
        subcategory=row.get("subcategory", ""),
        assignment_group=row["assignment_group.name"],
        cmdb_ci=row["cmdb_ci.name"],
        state=row["state"],
        cat_item=row.get("cat_item.name", ""),
        variables=await _form(client, row) if table == "sc_req_item" else {},
        comments=await _comments(client, row, row[f"{asker}.user_name"]),
    )


def instant(text: str) -> datetime:
    """Return a date-time of the Table API (`YYYY-MM-DD HH:MM:SS`, UTC by contract) as an aware instant."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def _asker(table: str, row: Row, channel: Channel) -> str:
    """Return the field that holds who asks.

    Whoever orders an item in the portal asks, also when it is for somebody else; on the phone the desk opens
    the item, and the person it is for asks.
    """
    if table == "incident":
        return "caller_id"
    return "opened_by" if channel is Channel.SELF_SERVICE and row["opened_by"] else "requested_for"


def _vouched(row: Row, asker: str, channel: Channel) -> bool:
    """Whether ServiceNow knows who asks: in a signed-in channel, only when they opened it themselves."""
    if channel in (Channel.SELF_SERVICE, Channel.CHAT):
        return bool(row[asker]) and row[asker] == row["opened_by"]
    return bool(row[asker])


def _name(row: Row, field: str) -> str:
    """Return what the directory knows a person by: mail, else user name, employee number or name."""
    return next((row[f"{field}{part}"] for part in _PERSON[1:] if row[f"{field}{part}"]), "")


async def _form(client: ServiceNowClient, row: Row) -> dict[str, str]:
    """Return the form fields of a requested item, and for whom it was ordered if not for the one who did."""
    query = where(equal("request_item", row["sys_id"]))
    options = await client.tables.query(_FORM, query, (_FORM_NAME, _FORM_VALUE), limit=200)
    form = {option[_FORM_NAME]: option[_FORM_VALUE] for option in options if option[_FORM_NAME]}
    if row["requested_for"] != row["opened_by"]:
        form.setdefault("requested_for", _name(row, "requested_for"))
    return form


async def _comments(client: ServiceNowClient, row: Row, caller: str) -> tuple[Comment, ...]:
    entries = await client.entries.read(row["sys_id"], Journal.COMMENTS)
    return tuple(
        Comment(
            text=entry["value"],
            at=instant(entry["sys_created_on"]),
            by_caller=bool(caller) and entry["sys_created_by"].casefold() == caller.casefold(),
        )
        for entry in entries
    )
