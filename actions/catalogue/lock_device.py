"""Lock a device from afar, for instance one that was lost.

Nothing on it is deleted, and its owner opens it again with the PIN or password they know.
"""

from __future__ import annotations

from datetime import timedelta

from actions.clients.graph.permissions import least
from actions.contract import Action
from actions.devices import DeviceAsk, OneDevice, managed
from actions.vocabulary import Route, Tier


class LockDevice(OneDevice):
    """Which device is locked."""


_ASK = DeviceAsk("remoteLock", result="remoteLock", field="lock", after="locked")

ACTION = Action(
    name="lock_device",
    title="Lock a device",
    impact="Nobody gets at the device without its PIN or password; what was open stays open behind the lock.",
    tier=Tier.DISRUPTIVE,
    route=Route.CLOUD,
    permissions=least("devices.get", "devices.ask"),
    params=LockDevice,
    locks=lambda params: (f"device:{params.device_id}",),
    settle=timedelta(minutes=5),
    repeatable=False,
    check=managed,
    plan=_ASK.plan,
    execute=_ASK.execute,
    verify=_ASK.verify,
    undo_reason="Only its owner opens it again, on the device itself.",
    examples=(LockDevice(device_id="0d1d760f-7280-5486-ab53-69cf029dc4b9"),),
)
