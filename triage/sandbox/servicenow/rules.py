"""What the instance refuses and what it sets by itself when a task changes: business rules; pure."""

from collections.abc import Mapping
from typing import Protocol

Values = Mapping[str, str]

NEW, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED, CANCELED = "1", "2", "3", "6", "7", "8"
AWAITING_CALLER = "1"
CLOSED_COMPLETE, CLOSED_INCOMPLETE, CLOSED_SKIPPED = "3", "4", "7"
_TASK_ENDS = frozenset({CLOSED_COMPLETE, CLOSED_INCOMPLETE, CLOSED_SKIPPED})
_INCIDENT_ENDS = frozenset({CLOSED, CANCELED})
_INCIDENT_NEXT = {
    NEW: {IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED, CANCELED},
    IN_PROGRESS: {NEW, ON_HOLD, RESOLVED, CLOSED, CANCELED},
    ON_HOLD: {IN_PROGRESS, RESOLVED, CLOSED, CANCELED},
    RESOLVED: {IN_PROGRESS, CLOSED},
    CLOSED: set[str](),
    CANCELED: set[str](),
}
_LEVELS = {"1": 1, "2": 2, "3": 3}
CLOSING_ROLES = frozenset({"itil_admin", "admin"})


class Stamp(Protocol):
    """Who changes a record and when: the sys_id of the user and the database's time."""

    @property
    def user(self) -> str:
        """The sys_id of the acting user."""
        ...

    @property
    def at(self) -> str:
        """The time, UTC, as the database writes it."""
        ...


def priority_of(values: Values) -> str:
    """Return the priority 1..5 that impact and urgency (1..3, else 3) give, as the base system does."""
    impact, urgency = (_LEVELS.get(values[name], 3) for name in ("impact", "urgency"))
    return str(impact + urgency - 1)


def in_step(before: Values, after: Values) -> dict[str, str]:
    """Return the two state columns of an incident made equal: the one that was written wins."""
    written = "incident_state" if after["incident_state"] != before["incident_state"] else "state"
    return {"state": after[written], "incident_state": after[written]}


def is_over(table: str, values: Values) -> bool:
    """Tell whether the task has ended for good; a resolved incident has not."""
    return values["state"] in (_INCIDENT_ENDS if table == "incident" else _TASK_ENDS)


def ends(table: str, before: Values, after: Values) -> bool:
    """Tell whether this change resolves the task or ends it."""
    over = is_over(table, after) or (table == "incident" and after["state"] == RESOLVED)
    return over and after["state"] != before["state"]


def objection(table: str, before: Values, after: Values, comment: str, roles: frozenset[str]) -> str | None:
    """Return why the change is refused, or None; `comment` is what the same write adds to `comments`."""
    if is_over(table, before):
        # A journal can still be written to: the product locks the form, not the API.
        return f"{before['number']} is closed and read only" if after != before else None
    if table != "incident" or after["state"] == before["state"]:
        return None
    state = after["state"]
    if state not in _INCIDENT_NEXT.get(before["state"], set()):
        return f"State {before['state']} cannot become {state}"
    if state == CLOSED and not roles & CLOSING_ROLES:
        return "Only itil_admin or admin may close an incident; resolve it instead"
    missing = _missing(state, after, comment)
    return f"The following mandatory fields are not filled in: {', '.join(missing)}" if missing else None


def _missing(state: str, after: Values, comment: str) -> list[str]:
    if state in {RESOLVED, CLOSED}:
        names = {"close_code": "Resolution code", "close_notes": "Resolution notes"}
        return [label for name, label in names.items() if not after[name].strip()]
    if state != ON_HOLD:
        return []
    if not after["hold_reason"]:
        return ["On hold reason"]
    return ["Additional comments"] if after["hold_reason"] == AWAITING_CALLER and not comment.strip() else []


def consequences(table: str, before: Values, after: Values, stamp: Stamp) -> dict[str, str]:
    """Return the columns the instance sets by itself on this change."""
    follow = {"priority": priority_of(after)}
    if after["state"] == before["state"]:
        return follow
    follow["active"] = "false" if is_over(table, after) else "true"
    if is_over(table, after):
        follow |= {"closed_at": stamp.at, "closed_by": stamp.user}
    if table == "incident":
        follow |= _incident_consequences(before, after, stamp)
    elif table == "sc_req_item" and is_over(table, after):
        follow["stage"] = "completed"
    return follow


def _incident_consequences(before: Values, after: Values, stamp: Stamp) -> dict[str, str]:
    follow = {} if after["state"] == ON_HOLD else {"hold_reason": ""}
    if after["state"] == RESOLVED:
        follow |= {"resolved_at": stamp.at, "resolved_by": stamp.user}
    elif before["state"] == RESOLVED and after["state"] != CLOSED:
        reopened = int(before["reopen_count"] or "0") + 1
        follow |= {"resolved_at": "", "resolved_by": "", "reopen_count": str(reopened)}
    return follow
