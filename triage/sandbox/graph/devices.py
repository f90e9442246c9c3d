"""Intune in Graph: managed devices, and what can be done to them from afar."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.responses import Response

from triage.sandbox.bodies import Body, parsed
from triage.sandbox.founding import graph_time
from triage.sandbox.graph.calls import Call, changed, entity, no_content, user_of
from triage.sandbox.graph.errors import GraphError
from triage.sandbox.graph.pages import Kind, collection, projected
from triage.sandbox.records import Json

ACTIONS = {
    "syncDevice": "syncDevice",
    "remoteLock": "remoteLock",
    "rebootNow": "rebootNow",
    "retire": "retire",
    "wipe": "factoryReset",
}
"""What can be asked of a device, and the name its result carries."""

_TAKES = timedelta(seconds=1)  # how long a device needs to answer; a real one answers when it is next online
_NAMES = (
    *("id", "deviceName", "azureADDeviceId", "userId", "userPrincipalName", "userDisplayName"),
    *("emailAddress", "operatingSystem", "osVersion", "manufacturer", "model", "serialNumber"),
    *("complianceState", "managedDeviceOwnerType", "managementAgent", "deviceRegistrationState"),
    *("isEncrypted", "enrolledDateTime", "lastSyncDateTime", "deviceActionResults"),
)
DEVICE = Kind("deviceManagement/managedDevices", frozenset(_NAMES), _NAMES, largest_page=1000)


class _Wipe(Body):
    keep_enrollment_data: bool | None = None
    keep_user_data: bool | None = None
    mac_os_unlock_code: str | None = None
    persist_esim_data_plan: bool | None = None
    use_protected_wipe: bool | None = None


def list_devices(call: Call) -> Response:
    """GET /deviceManagement/managedDevices with `$filter`, for instance on `userPrincipalName`."""
    return collection(call, (_as_of(call, one) for one in call.tenant.devices.values()), DEVICE)


def of_user(call: Call) -> Response:
    """GET /users/{id}/managedDevices."""
    user = user_of(call, call.seen)
    held = (one for one in call.tenant.devices.values() if one["userId"] == user["id"])
    return collection(call, (_as_of(call, one) for one in held), DEVICE)


def get_device(call: Call) -> Response:
    """GET /deviceManagement/managedDevices/{id}, with the state of each action asked of it."""
    context = "deviceManagement/managedDevices/$entity"
    return entity(call, context, projected(call, _as_of(call, _device(call)), DEVICE))


def act(call: Call) -> Response:
    """POST …/{id}/{action}: accepted at once, done by the device a little later."""
    device, action = _device(call), call.path.rpartition("/")[2]
    if action == "wipe":
        parsed(_Wipe, call.body)
    now = graph_time(call.tenant.clock())
    result = {
        "actionName": ACTIONS[action],
        "actionState": "pending",
        "startDateTime": now,
        "lastUpdatedDateTime": now,
    }
    others = [one for one in device["deviceActionResults"] if one["actionName"] != ACTIONS[action]]
    device["deviceActionResults"] = [*others, result]
    target = {"id": device["id"], "displayName": device["deviceName"]}
    changed(call, f"{action} ManagedDevice", target, {}, {"action": action})
    return no_content()


def _device(call: Call) -> Json:
    device = call.tenant.devices.get(call.keys["device"].lower())
    if device is None:
        raise GraphError(404, "ResourceNotFound", f"The device {call.keys['device']} does not exist.")
    return device


def _as_of(call: Call, device: Json) -> Json:
    """Let the device have done what it has had time for; a sync shows in its last contact."""
    now = call.tenant.clock()
    for result in device["deviceActionResults"]:
        begun = datetime.fromisoformat(result["startDateTime"])
        if result["actionState"] == "pending" and now - begun >= _TAKES:
            result |= {"actionState": "done", "lastUpdatedDateTime": graph_time(now)}
            if result["actionName"] == "syncDevice":
                device["lastSyncDateTime"] = graph_time(now)
    return device
