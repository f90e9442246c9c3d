"""Devices as actions use them: something is asked of one, and its answer is read back."""

from __future__ import annotations

from actions.clients.graph.devices import Device, find_device
from actions.contract import Blocker, RunContext, Seen, Verification, World
from actions.vocabulary import Change, Plan

NO_DEVICE = Blocker("device_not_found", "Intune has no such device; check which one is meant.")
_ENDED_WELL, _ENDED_ILL = {"done"}, {"failed", "notSupported", "canceled"}


async def device_blockers(world: World, device_id: str) -> tuple[Blocker, ...]:
    """Return a blocker for a device that Intune does not manage."""
    return () if await find_device(world.graph.devices, device_id) else (NO_DEVICE,)


async def ask_plan(world: World, device_id: str, field: str, after: str) -> Plan:
    """Return the one thing that is asked of a device."""
    device = await world.graph.devices.get(device_id)
    return Plan(changes=(Change(target=device_shown(device), field=field, after=after),))


async def ask_once(world: World, device_id: str, action: str, result: str, run: RunContext) -> None:
    """Ask it of the device, unless this run did so already; `result` is what Intune calls the answer."""
    device = await world.graph.devices.get(device_id)
    asked = (one for one in device.device_action_results if one.action_name == result)
    if not any(run.accounts_for(one.start_date_time) for one in asked):
        await world.graph.devices.ask(device_id, action, _BODIES.get(action))


async def verify_answer(world: World, device_id: str, result: str, run: RunContext) -> Verification:
    """Tell what the device made of what this run asked; it answers when it is next online."""
    device = await find_device(world.graph.devices, device_id)
    if device is None:
        return Verification(Seen.FAILED, NO_DEVICE.sentence)
    asked = [one for one in device.device_action_results if one.action_name == result]
    state = next((one.action_state for one in asked if run.accounts_for(one.start_date_time)), "")
    if state in _ENDED_WELL:
        return Verification(Seen.DONE, "The device did it.")
    if state in _ENDED_ILL:
        return Verification(Seen.FAILED, f"The device answered: {state}.")
    if not state:
        return Verification(Seen.ABSENT, "Nothing was asked of the device since the run began.")
    return Verification(Seen.PENDING, "The device has not answered yet; it does when it is next online.")


def device_shown(device: Device) -> str:
    """Return the device as a person recognises it: name and whose it is."""
    return f"device {device.device_name} of {device.user_principal_name or 'nobody'}"


_BODIES = {"wipe": {"keepEnrollmentData": False, "keepUserData": False}}
