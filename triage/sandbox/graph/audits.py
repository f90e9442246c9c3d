"""Directory audits in Graph: the tenant's change log as Entra words it."""

from __future__ import annotations

from starlette.responses import Response

from triage.sandbox.founding import graph_time
from triage.sandbox.graph.calls import Call
from triage.sandbox.graph.pages import Kind, collection
from triage.sandbox.records import Change, Json

_NAMES = (
    *("id", "category", "correlationId", "result", "resultReason", "activityDisplayName", "activityDateTime"),
    *("loggedByService", "operationType", "initiatedBy", "targetResources", "additionalDetails"),
)
_AUDIT = Kind("auditLogs/directoryAudits", frozenset(_NAMES), _NAMES, largest_page=1000)

_CATEGORIES = {
    "Read BitLocker key": "KeyManagement",
    "Recover device local administrator password": "Device",
}


def directory_audits(call: Call) -> Response:
    """GET /auditLogs/directoryAudits, newest first, with `$filter` on time and target."""
    changes = [change for change in reversed(call.seen.changes) if change.area == "directory"]
    app_ids = {app.display_name: app.client_id for app in call.seen.apps.values()}
    return collection(call, [_audit(change, app_ids.get(change.actor)) for change in changes], _AUDIT)


def _audit(change: Change, app_id: str | None) -> Json:
    names = sorted(change.before.keys() | change.after.keys())
    modified = [
        {"displayName": n, "oldValue": _text(change.before.get(n)), "newValue": _text(change.after.get(n))}
        for n in names
    ]
    target = {
        "id": change.target,
        "displayName": change.target_name,
        "type": "User",
        "modifiedProperties": modified,
    }
    return {
        "id": f"Directory_{change.id}",
        "category": _CATEGORIES.get(change.what, "UserManagement"),
        "correlationId": change.correlation,
        "result": "success",
        "resultReason": "",
        "activityDisplayName": change.what,
        "activityDateTime": graph_time(change.at),
        "loggedByService": "Core Directory",
        "operationType": "Update",
        "initiatedBy": {"user": None, "app": {"displayName": change.actor, "appId": app_id}},
        "targetResources": [target],
        "additionalDetails": [],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
