"""Lock a device from afar, for instance one that was lost.

Nothing on it is deleted, and its owner opens it again with the PIN or password they know.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, Verification, World
from actions.devices import ask_once, ask_plan, device_blockers, verify_answer
from actions.vocabulary import ObjectId, Params, Plan, Route, Tier

_RESULT = "remoteLock"


class LockDevice(Params):
    """Which device is locked."""

    device_id: ObjectId = Field(description="Id of the device in Intune")


async def check(world: World, params: LockDevice) -> tuple[Blocker, ...]:
    """A device that Intune manages."""
    return await device_blockers(world, params.device_id)


async def plan(world: World, params: LockDevice) -> Plan:
    """One thing asked of the device."""
    return await ask_plan(world, params.device_id, "lock", "locked")


async def execute(world: World, params: LockDevice, run: RunContext) -> None:
    """Ask it."""
    await ask_once(world, params.device_id, "remoteLock", _RESULT, run)


async def verify(world: World, params: LockDevice, run: RunContext) -> Verification:
    """The device's own answer."""
    return await verify_answer(world, params.device_id, _RESULT, run)


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
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo_reason="Only its owner opens it again, on the device itself.",
    examples=(LockDevice(device_id="0d1d760f-7280-5486-ab53-69cf029dc4b9"),),
)
