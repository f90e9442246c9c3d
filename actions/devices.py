"""Devices as actions use them: something is asked of one, and its answer is read back."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from actions.clients.graph.devices import Ask, Device, find_device
from actions.contract import Blocker, RunContext, Seen, Verification, World
from actions.vocabulary import Change, ObjectId, Params, Plan

NO_DEVICE = Blocker("device_not_found", "Intune has no such device; check which one is meant.")
_ENDED_WELL, _ENDED_ILL = {"done"}, {"failed", "notSupported", "canceled"}


async def managed(world: World, params: OneDevice) -> tuple[Blocker, ...]:
    """A device that Intune manages."""
    return () if await find_device(world.graph.devices, params.device_id) else (NO_DEVICE,)


class OneDevice(Params):
    """Which device is meant."""

    device_id: ObjectId = Field(description="Id of the device in Intune")


@dataclass(frozen=True)
class DeviceAsk:
    """The part of an action that a device does when it is asked: `plan`, `execute` and `verify`.

    Attributes:
        action: what Graph calls what is asked.
        result: what Intune calls the answer to it.
        field: what changes on the device, for the plan.
        after: what it is then.
    """

    action: str
    result: str
    field: str
    after: str

    async def plan(self, world: World, params: OneDevice) -> Plan:
        """Return the one thing that is asked of the device."""
        device = await world.graph.devices.get(params.device_id)
        return Plan(changes=(Change(target=device_shown(device), field=self.field, after=self.after),))

    async def execute(self, world: World, params: OneDevice, run: RunContext) -> None:
        """Ask it of the device, unless this run did so already."""
        device = await world.graph.devices.get(params.device_id)
        if self._asked(device, run) is None:
            await world.graph.devices.ask(params.device_id, self.action, _BODIES.get(self.action))

    async def verify(self, world: World, params: OneDevice, run: RunContext) -> Verification:
        """Tell what the device made of what this run asked; it answers when it is next online."""
        device = await find_device(world.graph.devices, params.device_id)
        if device is None:
            return Verification(Seen.FAILED, NO_DEVICE.sentence)
        asked = self._asked(device, run)
        state = asked.action_state if asked else ""
        if state in _ENDED_WELL:
            return Verification(Seen.DONE, "The device did it.")
        if state in _ENDED_ILL:
            return Verification(Seen.FAILED, f"The device answered: {state}.")
        if not state:
            return Verification(Seen.ABSENT, "Nothing was asked of the device since the run began.")
        return Verification(Seen.PENDING, "The device has not answered yet; it does when it is next online.")

    def _asked(self, device: Device, run: RunContext) -> Ask | None:
        """Return what this run asked of the device; `None` where it has asked nothing yet."""
        asked = (one for one in device.device_action_results if one.action_name == self.result)
        return next((one for one in asked if run.accounts_for(one.start_date_time)), None)


def device_shown(device: Device) -> str:
    """Return the device as a person recognises it: name and whose it is."""
    return f"device {device.device_name} of {device.user_principal_name or 'nobody'}"


_BODIES = {"wipe": {"keepEnrollmentData": False, "keepUserData": False}}
