"""The choice lists of the base system: database value to label, as `sys_choice` tells them."""

from itertools import product

_TASK_STATES = {
    "-5": "Pending",
    "1": "Open",
    "2": "Work in Progress",
    "3": "Closed Complete",
    "4": "Closed Incomplete",
    "7": "Closed Skipped",
}
_INCIDENT_STATES = {
    "1": "New",
    "2": "In Progress",
    "3": "On Hold",
    "6": "Resolved",
    "7": "Closed",
    "8": "Canceled",
}
_LEVELS = {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"}
_PRIORITIES = {"1": "1 - Critical", "2": "2 - High", "3": "3 - Moderate", "4": "4 - Low", "5": "5 - Planning"}
_CHANNELS = {
    "self-service": "Self-service",
    "chat": "Chat",
    "email": "Email",
    "phone": "Phone",
    "walk-in": "Walk-in",
    "monitoring": "Monitoring",
}
_CLOSE_CODES = (
    "Duplicate",
    "Known error",
    "No resolution provided",
    "Resolved by caller",
    "Resolved by change",
    "Resolved by problem",
    "Resolved by request",
    "Solution provided",
    "Workaround provided",
    "User error",
)
_APPROVALS = {
    "not requested": "Not Yet Requested",
    "requested": "Requested",
    "approved": "Approved",
    "rejected": "Rejected",
    "cancelled": "No Longer Required",
}
_EVERY_TASK = {
    "priority": _PRIORITIES,
    "impact": _LEVELS,
    "urgency": _LEVELS,
    "contact_type": _CHANNELS,
    "approval": _APPROVALS,
}

CHOICES: dict[tuple[str, str], dict[str, str]] = {
    **{
        (table, element): labels
        for table, (element, labels) in product(
            ("incident", "sc_request", "sc_req_item", "sc_task"), _EVERY_TASK.items()
        )
    },
    **{(table, "state"): _TASK_STATES for table in ("sc_request", "sc_req_item", "sc_task")},
    ("incident", "state"): _INCIDENT_STATES,
    ("incident", "incident_state"): _INCIDENT_STATES,
    ("incident", "hold_reason"): {
        "1": "Awaiting Caller",
        "3": "Awaiting Problem",
        "4": "Awaiting Vendor",
        "5": "Awaiting Change",
    },
    ("incident", "close_code"): {code: code for code in _CLOSE_CODES},
    ("incident", "category"): {
        "inquiry": "Inquiry / Help",
        "software": "Software",
        "hardware": "Hardware",
        "network": "Network",
        "database": "Database",
    },
    ("sc_request", "request_state"): {
        "requested": "Pending Approval",
        "in_process": "Approved",
        "closed_complete": "Closed Complete",
        "closed_incomplete": "Closed Incomplete",
        "closed_cancelled": "Closed Cancelled",
    },
    ("sysapproval_approver", "state"): {
        "requested": "Requested",
        "approved": "Approved",
        "rejected": "Rejected",
        "not_required": "No Longer Required",
    },
}


def label(table: str, element: str, value: str) -> str:
    """Return what a person reads for this value; a value without a choice is shown as it is."""
    return CHOICES.get((table, element), {}).get(value, value)
