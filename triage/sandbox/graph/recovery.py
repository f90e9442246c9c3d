"""Recovery in Graph: BitLocker keys and local administrators' passwords; each reading is audited."""

from __future__ import annotations

from starlette.responses import Response

from triage.sandbox.devices import local_password, recovery_key, recovery_key_id
from triage.sandbox.graph.calls import Call, changed, entity, require
from triage.sandbox.graph.errors import bad_request, not_found
from triage.sandbox.graph.pages import Kind, collection, projected, selected
from triage.sandbox.records import Json

_NAMES = ("id", "createdDateTime", "volumeType", "deviceId")
_LIST = Kind("informationProtection/bitlocker/recoveryKeys", frozenset(_NAMES), _NAMES)
_ONE = Kind("informationProtection/bitlocker/recoveryKeys", frozenset((*_NAMES, "key")), _NAMES)
_CREDENTIAL_NAMES = ("id", "deviceName", "lastBackupDateTime", "refreshDateTime")
_CREDENTIAL = Kind(
    "directory/deviceLocalCredentials", frozenset((*_CREDENTIAL_NAMES, "credentials")), _CREDENTIAL_NAMES
)


def list_keys(call: Call) -> Response:
    """GET …/recoveryKeys, usually with `$filter=deviceId eq '…'`; the keys themselves are not in it."""
    _check_agent(call)
    return collection(call, [_key(device) for device in _encrypted(call)], _LIST)


def get_key(call: Call) -> Response:
    """GET …/recoveryKeys/{id}; `$select=key` tells the key, needs its own permission and is audited."""
    _check_agent(call)
    wanted = call.keys["key"].lower()
    device = next((one for one in _encrypted(call) if recovery_key_id(one) == wanted), None)
    if device is None:
        raise not_found(wanted)
    shown = _key(device)
    if "key" in selected(call, _ONE):
        require(call, "BitlockerKey.Read.All")
        shown["key"] = recovery_key(device)
        _note(call, "Read BitLocker key", device)
    return entity(call, f"{_ONE.context}/$entity", projected(call, shown, _ONE))


def local_credentials(call: Call) -> Response:
    """GET /directory/deviceLocalCredentials/{deviceId}; `$select=credentials` tells the password."""
    _check_agent(call)
    wanted = call.keys["device"].lower()
    device = next((one for one in _encrypted(call) if one["azureADDeviceId"] == wanted), None)
    if device is None:
        raise not_found(wanted)
    at = device["lastSyncDateTime"]
    account = {"accountName": "Administrator", "backupDateTime": at, "passwordBase64": local_password(device)}
    shown = {
        "id": wanted,
        "deviceName": device["deviceName"],
        "lastBackupDateTime": at,
        "refreshDateTime": at,
        "credentials": [account],
    }
    if "credentials" in selected(call, _CREDENTIAL):
        _note(call, "Recover device local administrator password", device)
    return entity(call, f"{_CREDENTIAL.context}/$entity", projected(call, shown, _CREDENTIAL))


def _encrypted(call: Call) -> list[Json]:
    return [device for device in call.tenant.devices.values() if device["isEncrypted"]]


def _key(device: Json) -> Json:
    return {
        "id": recovery_key_id(device),
        "createdDateTime": device["enrolledDateTime"],
        "volumeType": "operatingSystemVolume",
        "deviceId": device["azureADDeviceId"],
    }


def _check_agent(call: Call) -> None:
    if not call.headers.get("user-agent"):
        raise bad_request("The header User-Agent is required.")


def _note(call: Call, what: str, device: Json) -> None:
    changed(call, what, {"id": device["azureADDeviceId"], "displayName": device["deviceName"]}, {}, {})
