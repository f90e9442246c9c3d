"""Rows of a file as tickets: the fields of interfaces.md section 1, whoever wrote them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from triage.domain.ticket import Channel, Ticket
from triage.errors import BadInput

SOURCE = "file"
_COPIED = (
    "opened_by",
    "short_description",
    "description",
    "category",
    "subcategory",
    "assignment_group",
    "cmdb_ci",
    "state",
    "close_code",
    "close_notes",
    "cat_item",
)
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M")


def ticket_of(row: Mapping[str, str], line: int, *, now: datetime) -> Ticket:
    """Return the ticket in a row of an export.

    The export is the ITSM's own word on caller and channel; in a signed-in channel the caller counts as
    vouched for only where nobody else is named as the opener.

    Args:
        row: cells by ServiceNow field name.
        line: its line in the file, for a row without a number.
        now: the instant for a row without `opened_at`.

    Raises:
        BadInput: `opened_at` or `variables` cannot be read; the field is named.
    """
    channel = Channel.named(row.get("contact_type", ""))
    caller, opener = row.get("caller_id", "").strip(), row.get("opened_by", "").strip()
    signed_in = channel in (Channel.SELF_SERVICE, Channel.CHAT)
    copied = {name: row.get(name, "") for name in _COPIED}
    return Ticket.model_validate(
        copied
        | {
            "source": SOURCE,
            "table": "sc_req_item" if row.get("cat_item") or row.get("variables") else "incident",
            "sys_id": row.get("sys_id") or row.get("number") or f"line-{line}",
            "number": row.get("number") or f"line-{line}",
            "caller_id": caller,
            "caller_vouched": bool(caller) and (not signed_in or opener in ("", caller)),
            "opened_at": opened_at(row.get("opened_at", ""), line, now=now),
            "contact_type": channel,
            "variables": _variables(row.get("variables", ""), line),
        }
    )


def opened_at(text: str, line: int, *, now: datetime) -> datetime:
    """Return the instant in `text`, taken as UTC unless it says otherwise; `now` when it is empty.

    Raises:
        BadInput: it is no date-time in ISO 8601 or a usual display format.
    """
    if not text.strip():
        return now
    for form in _FORMATS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(
            f"line {line}: opened_at is no date-time",
            hint="Export it as YYYY-MM-DD HH:MM:SS (sysparm_display_value=false).",
            subject=f"line {line}, opened_at",
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _variables(text: str, line: int) -> dict[str, str]:
    if not text.strip():
        return {}
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise BadInput(
            f"line {line}: variables is no JSON object",
            hint='Give the form fields as {"name": "value"}.',
            subject=f"line {line}, variables",
        )
    return {str(name): "" if value is None else str(value) for name, value in fields.items()}
