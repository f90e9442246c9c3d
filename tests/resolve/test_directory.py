"""The directory knows every device of the tenant by name, and none where we may not look at devices."""

from __future__ import annotations

from tests.actions.stage import WORLD, staged
from triage.cli.company import site_of
from triage.resolve.directory import read_directory

READS = {"User.Read.All", "GroupMember.Read.All", "LicenseAssignment.Read.All"}
DEVICES = "DeviceManagementManagedDevices.Read.All"


async def _devices(permissions: set[str]) -> set[str]:
    stage = staged()
    stage.grant(frozenset(permissions))
    try:
        directory = await read_directory(stage.outside.reading.graph, site_of(WORLD))
    finally:
        await stage.outside.close()
    return {one.name for one in directory.devices}


async def test_devices_are_known_by_name() -> None:
    assert await _devices(READS | {DEVICES}) == {one["deviceName"] for one in WORLD["devices"]}


async def test_without_the_permission_no_device_is_found_and_the_rest_is() -> None:
    assert await _devices(READS) == set()
