"""Let a device fetch its settings and programs from Intune now."""

from __future__ import annotations

from datetime import timedelta

from actions.clients.graph.permissions import least
from actions.contract import Action
from actions.devices import DeviceAsk, OneDevice, managed
from actions.vocabulary import Route, Tier


class SyncDevice(OneDevice):
    """Which device fetches its settings."""


_ASK = DeviceAsk("syncDevice", result="syncDevice", field="settings", after="fetched anew")

ACTION = Action(
    name="sync_device",
    title="Sync a device",
    impact="The device fetches settings and programs that wait for it; some of them may restart it.",
    tier=Tier.DISRUPTIVE,
    route=Route.CLOUD,
    permissions=least("devices.get", "devices.ask"),
    params=SyncDevice,
    locks=lambda params: (f"device:{params.device_id}",),
    settle=timedelta(minutes=5),
    repeatable=False,
    check=managed,
    plan=_ASK.plan,
    execute=_ASK.execute,
    verify=_ASK.verify,
    undo_reason="What was fetched is there; a setting is taken back where it is made.",
    examples=(SyncDevice(device_id="0d1d760f-7280-5486-ab53-69cf029dc4b9"),),
)
