"""The words a slot is filled with: a person's name, login and phone, a thing's formal and casual name."""

import re
from random import Random
from typing import Final

from training.company import World
from training.frames import Frame

_PHONES: Final = {
    "DE": "+49 15{0} {1:07d}",
    "GB": "+44 7{0}00 {1:06d}",
    "PL": "+48 6{0}0 {1:06d}",
    "NL": "+31 6 {0}{1:07d}",
    "FR": "+33 6 {0}{1:07d}",
    "PT": "+351 9{0} {1:07d}",
}
_OFFICIAL: Final = {
    "license": "skuPartNumber",
    "group": "displayName",
    "mailbox": "address",
    "share": "path",
    "device": "deviceName",
}


def person_slots(stem: str, person: World, frame: Frame, rng: Random) -> dict[str, str]:
    """Return the slots of a person (`user.name`, `user.sam`), the phone number being a fresh one."""
    country = person.get("usageLocation") or "GB"
    phone = _PHONES.get(country, _PHONES["GB"]).format(rng.randint(1, 9), rng.randint(100_000, 999_999))
    upn = str(person["userPrincipalName"])
    parts = {
        "name": _spelled(str(person["displayName"]), frame, rng),
        "first": str(person["givenName"]),
        "upn": upn,
        "sam": str(person.get("onPremisesSamAccountName") or upn.split("@", maxsplit=1)[0]),
        "phone": phone,
        "dept": str(person.get("department") or "Sales"),
        "title": str(person.get("jobTitle") or "Assistant"),
    }
    return {f"{stem}.{part}": value for part, value in parts.items()}


def _spelled(name: str, frame: Frame, rng: Random) -> str:
    """Write a name as the style does: chat and terse often in lower case."""
    careless = frame.style in {"chat", "terse", "typos", "phone"}
    return name.lower() if careless and rng.random() < 0.3 else name


def thing_slots(stem: str, thing: World) -> dict[str, str]:
    """Return the slots of a thing; `casual` is what people call it in passing, without an article."""
    name = str(thing.get("displayName") or thing.get("name") or thing.get("path") or thing.get("deviceName"))
    bare = re.sub(r"^SG-(?:FS-)?|\bMicrosoft 365\b ?", "", name.rsplit("\\", maxsplit=1)[-1]).replace(
        "-", " "
    )
    casual = {"license": re.sub(r" (?:Plan \d|Pro|Standard)$", "", bare), "share": f"{bare.lower()} share"}
    casual |= {"mailbox": f"{bare.lower()} mailbox", "group": bare.lower()}
    slots = {"name": name, "casual": casual.get(stem, bare), "path": name}
    if stem == "license" and slots["casual"] in {"E3", "E5", "F3"}:
        slots["casual"] += " licence"
    return slots | {"mail": str(thing.get("mail") or ""), "address": str(thing.get("address") or "")}


def official(stem: str, thing: World) -> str:
    """Return the directory's name of a thing."""
    return str(thing[_OFFICIAL.get(stem, "name")])
