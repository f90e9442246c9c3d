"""Devices in Intune and what can be asked of them, and their BitLocker keys (graph.md sections 3 and 9)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from pydantic import AwareDatetime, Field, SecretStr

from actions.clients.call import Call, Json
from actions.clients.graph.odata import literal, segment, select
from actions.clients.graph.pages import everything, items
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import Read
from actions.clients.http import Api
from actions.errors import NotFound, Unreachable

_DEVICES = "/deviceManagement/managedDevices"
_KEYS = "/informationProtection/bitlocker/recoveryKeys"


class Ask(Read):
    """Something that was asked of a device: `action_state` is pending, active, done, failed or another."""

    action_name: str = ""
    action_state: str = ""
    start_date_time: AwareDatetime | None = None


class Device(Read):
    """A device that Intune manages; `azure_ad_device_id` is its id in Entra."""

    id: str
    device_name: str = ""
    azure_ad_device_id: str = Field(default="", validation_alias="azureADDeviceId")
    user_id: str = ""
    user_principal_name: str = ""
    operating_system: str = ""
    managed_device_owner_type: str = ""
    last_sync_date_time: AwareDatetime | None = None
    device_action_results: tuple[Ask, ...] = ()


class RecoveryKey(Read):
    """A BitLocker key by its id, without the key itself."""

    id: str
    created_date_time: AwareDatetime | None = None


@dataclass(frozen=True)
class Devices:
    """Devices of the tenant."""

    api: Api

    async def get(self, device_id: str) -> Device:
        """Return the device with this id of Intune.

        Raises:
            NotFound: there is none.
        """
        call = Call(
            method="GET",
            path=_path(device_id),
            params={"$select": select(Device.fields())},
            permission=PERMISSIONS["devices.get"],
        )
        return Device.of((await self.api.send(call)).object)

    async def everything(self) -> AsyncIterator[Device]:
        """Yield the devices of the tenant, 999 a page, for the directory snapshot; their asks stay out."""
        names = (name for name in Device.fields() if name != "deviceActionResults")
        params = {"$select": select(names), "$top": "999"}
        permission = PERMISSIONS["devices.everything"]
        call = Call(method="GET", path=_DEVICES, params=params, permission=permission)
        async for item in items(self.api, call):
            yield Device.of(item)

    async def ask(self, device_id: str, action: str, body: Json | None = None) -> None:
        """Ask a device to do `syncDevice`, `remoteLock` or `wipe`; it does so when it is next online.

        Not repeatable: a device that was asked twice does it twice.

        Raises:
            OutcomeUnknown: no answer; the results of the device tell.
        """
        call = Call(
            method="POST",
            path=f"{_path(device_id)}/{action}",
            json=body,
            permission=PERMISSIONS["devices.ask"],
        )
        await self.api.send(call)

    async def recovery_keys(self, entra_id: str) -> tuple[RecoveryKey, ...]:
        """Return the BitLocker keys of the device with this id of Entra, without the keys themselves."""
        call = Call(
            method="GET",
            path=_KEYS,
            params={"$filter": f"deviceId eq '{literal(entra_id)}'"},
            permission=PERMISSIONS["devices.recovery_keys"],
        )
        return tuple(RecoveryKey.of(item) for item in await everything(self.api, call))

    async def recovery_key(self, key_id: str) -> SecretStr:
        """Return a BitLocker key itself; Entra's audit log notes each reading."""
        call = Call(
            method="GET",
            path=f"{_KEYS}/{segment(key_id)}",
            params={"$select": "key"},
            permission=PERMISSIONS["devices.recovery_key"],
        )
        key = (await self.api.send(call)).object.get("key")
        if not isinstance(key, str):
            raise Unreachable("Microsoft Graph sent a recovery key without the key.", hint="Look in Entra.")
        return SecretStr(key)


async def find_device(devices: Devices, device_id: str) -> Device | None:
    """Return the device, or `None` when it is gone."""
    try:
        return await devices.get(device_id)
    except NotFound:
        return None


def _path(device_id: str) -> str:
    return f"{_DEVICES}/{segment(device_id)}"
