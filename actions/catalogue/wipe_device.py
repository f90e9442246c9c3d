"""Delete everything on a company device, for instance a stolen one.

A device that belongs to a person is not wiped: an administrator retires it, which takes the company off it
only.
"""

from __future__ import annotations

from datetime import timedelta

from actions.clients.graph.devices import find_device
from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, World
from actions.devices import NO_DEVICE, DeviceAsk, OneDevice, device_shown
from actions.vocabulary import Route, Tier


class WipeDevice(OneDevice):
    """Which device is wiped."""


async def check(world: World, params: WipeDevice) -> tuple[Blocker, ...]:
    """A company device that Intune manages."""
    device = await find_device(world.graph.devices, params.device_id)
    if device is None:
        return (NO_DEVICE,)
    if device.managed_device_owner_type != "company":
        sentence = f"{device_shown(device)} is not the company's; an administrator retires it instead."
        return (Blocker("personal_device", sentence),)
    return ()


_ASK = DeviceAsk("wipe", result="factoryReset", field="everything on it", after="deleted")

ACTION = Action(
    name="wipe_device",
    title="Wipe a device",
    impact="Everything on the device is lost for good, also what was never saved elsewhere.",
    tier=Tier.EXCEPTIONAL,
    route=Route.CLOUD,
    permissions=least("devices.get", "devices.ask"),
    params=WipeDevice,
    locks=lambda params: (f"device:{params.device_id}",),
    settle=timedelta(minutes=5),
    repeatable=False,
    check=check,
    plan=_ASK.plan,
    execute=_ASK.execute,
    verify=_ASK.verify,
    undo_reason="What was deleted is gone; the device is set up anew.",
    examples=(WipeDevice(device_id="0d1d760f-7280-5486-ab53-69cf029dc4b9"),),
)
