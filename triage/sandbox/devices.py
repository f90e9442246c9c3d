"""The devices people have in Intune: each as it stands when the company is founded, and its recovery key."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from zlib import crc32

from triage.sandbox.records import Json
from triage.sandbox.tenant import stable_id

_DAY = timedelta(days=1)
_VERSIONS = {"Windows": "10.0.26100.2314", "iOS": "18.1", "Android": "15", "macOS": "15.1"}
_MAKERS = {"Windows": "LENOVO", "iOS": "Apple", "Android": "Samsung", "macOS": "Apple"}


def first_device(entry: Json, owner: Json | None, now: datetime) -> Json:
    """Return Graph's `managedDevice` for a device of the world; `owner` is its user, if there is one."""
    system, mark = entry["operatingSystem"], crc32(entry["id"].encode())
    return {
        "id": entry["id"],
        "deviceName": entry["deviceName"],
        "azureADDeviceId": stable_id(entry["id"], "entra"),
        "userId": owner["id"] if owner else None,
        "userPrincipalName": entry["user"],
        "userDisplayName": owner["displayName"] if owner else None,
        "emailAddress": owner["mail"] if owner else None,
        "operatingSystem": system,
        "osVersion": _VERSIONS.get(system, "1.0"),
        "manufacturer": _MAKERS.get(system, "Unknown"),
        "model": "ThinkPad T14 Gen 5" if system == "Windows" else "Phone",
        "serialNumber": f"HL{mark % 1_000_000:06d}",
        "complianceState": entry["complianceState"],
        "managedDeviceOwnerType": "company",
        "managementAgent": "mdm",
        "deviceRegistrationState": "registered",
        "isEncrypted": system == "Windows",
        "enrolledDateTime": _time(now - 300 * _DAY),
        "lastSyncDateTime": _time(now - timedelta(minutes=mark % 600)),
        "deviceActionResults": [],
    }


def recovery_key_id(device: Json) -> str:
    """Return the id of the device's BitLocker recovery key."""
    return stable_id(device["id"], "bitlocker")


def recovery_key(device: Json) -> str:
    """Return the key itself: 48 digits in eight blocks, made of the id, so it opens nothing anywhere."""
    blocks = (crc32(f"{device['id']}/{n}".encode()) % 1_000_000 for n in range(8))
    return "-".join(f"{block:06d}" for block in blocks)


def local_password(device: Json) -> str:
    """Return the base64 of the local administrator's password (Windows LAPS), made of the id."""
    return base64.b64encode(f"Laps-{stable_id(device['id'], 'laps')[:13]}".encode()).decode()


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
