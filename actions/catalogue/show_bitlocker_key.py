"""Show a person the BitLocker recovery key of their own device, once, on a page that they sign in to.

The key goes from Entra into Key Vault and from there to its owner; it is never in a ticket, a mail, a log or
our database. Entra's audit log notes that it was read.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from actions.clients.graph.devices import Device, find_device
from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, Verification, World
from actions.devices import NO_DEVICE, device_shown
from actions.errors import NotFound
from actions.guards import NO_USER, find_user, shown
from actions.sealing import keep, secret_name, verify_kept
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, SecretKind, Tier


class ShowBitlockerKey(Params):
    """Whose device is unlocked with its key."""

    user_id: ObjectId = Field(description="Object id of the device's owner, who is shown the key")
    device_id: ObjectId = Field(description="Id of the device in Intune")


async def check(world: World, params: ShowBitlockerKey) -> tuple[Blocker, ...]:
    """A device that belongs to this very person and has a key in Entra."""
    user = await find_user(world, params.user_id)
    device = await find_device(world.graph.devices, params.device_id)
    if user is None or device is None:
        return (*(() if user else (NO_USER,)), *(() if device else (NO_DEVICE,)))
    if device.user_id != user.id:
        sentence = f"{device_shown(device)} does not belong to {shown(user)}; its owner must ask."
        return (Blocker("not_the_owner", sentence),)
    if not await world.graph.devices.recovery_keys(device.azure_ad_device_id):
        return (Blocker("no_recovery_key", f"Entra keeps no recovery key of {device_shown(device)}."),)
    return ()


async def plan(world: World, params: ShowBitlockerKey) -> Plan:
    """One key shown to one person; never what it is."""
    device = await world.graph.devices.get(params.device_id)
    user = await world.graph.users.get(params.user_id)
    after = f"shown once to {shown(user)}"
    return Plan(changes=(Change(target=device_shown(device), field="recovery key", after=after),))


async def execute(world: World, params: ShowBitlockerKey, run: RunContext) -> None:
    """Read the newest key and keep it in the vault."""
    secret_name(run)
    device = await world.graph.devices.get(params.device_id)
    key = await world.graph.devices.recovery_key(await _newest(world, device))
    await keep(world, run, key)


async def verify(world: World, _params: ShowBitlockerKey, run: RunContext) -> Verification:
    """The vault holds it."""
    return await verify_kept(world, run)


async def _newest(world: World, device: Device) -> str:
    keys = await world.graph.devices.recovery_keys(device.azure_ad_device_id)
    dated = [(key.created_date_time.timestamp(), key.id) for key in keys if key.created_date_time is not None]
    if not dated:
        raise NotFound(
            f"Entra keeps no recovery key of {device_shown(device)}.",
            hint="Look at the device in Entra; without a key it must be set up anew.",
            subject=f"device {device.id}",
        )
    return max(dated)[1]


ACTION = Action(
    name="show_bitlocker_key",
    title="Show a BitLocker recovery key",
    impact="Its owner can open the disk of the device once more; whoever has the key and the device can too.",
    tier=Tier.CREDENTIAL,
    route=Route.CLOUD,
    permissions=least("users.get", "devices.get", "devices.recovery_keys", "devices.recovery_key"),
    params=ShowBitlockerKey,
    locks=lambda params: (f"device:{params.device_id}", f"person:{params.user_id}"),
    settle=timedelta(minutes=1),
    repeatable=False,
    secret=SecretKind.VAULT,
    hands_over="BitLocker recovery key",
    to_owner=True,
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo_reason="What was seen cannot be unseen; Windows makes a new key after this one was used.",
    examples=(
        ShowBitlockerKey(
            user_id="71bbf2b7-542e-52f2-a159-8234e78f5390", device_id="0d1d760f-7280-5486-ab53-69cf029dc4b9"
        ),
    ),
)
