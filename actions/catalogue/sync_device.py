"""Let a device fetch its settings and programs from Intune now."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, Verification, World
from actions.devices import ask_once, ask_plan, device_blockers, verify_answer
from actions.vocabulary import ObjectId, Params, Plan, Route, Tier

_RESULT = "syncDevice"


class SyncDevice(Params):
    """Which device fetches its settings."""

    device_id: ObjectId = Field(description="Id of the device in Intune")


async def check(world: World, params: SyncDevice) -> tuple[Blocker, ...]:
    """A device that Intune manages."""
    return await device_blockers(world, params.device_id)


async def plan(world: World, params: SyncDevice) -> Plan:
    """One thing asked of the device."""
    return await ask_plan(world, params.device_id, "settings", "fetched anew")


async def execute(world: World, params: SyncDevice, run: RunContext) -> None:
    """Ask it."""
    await ask_once(world, params.device_id, "syncDevice", _RESULT, run)


async def verify(world: World, params: SyncDevice, run: RunContext) -> Verification:
    """The device's own answer."""
    return await verify_answer(world, params.device_id, _RESULT, run)


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
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo_reason="What was fetched is there; a setting is taken back where it is made.",
    examples=(SyncDevice(device_id="0d1d760f-7280-5486-ab53-69cf029dc4b9"),),
)
