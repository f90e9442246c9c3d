"""A company to fill frames with: the shipped Harborline, a file, or one that is invented from a seed."""

import json
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any, Final

from training.errors import BadExport

_HARBORLINE: Final = "data/companies/harborline.json"

World = dict[str, Any]
"""A directory: organization, users, groups, sharedMailboxes, servers, fileShares, licenses, devices."""

_NEEDED: Final = (
    "organization",
    "users",
    "groups",
    "sharedMailboxes",
    "servers",
    "fileShares",
    "licenses",
    "devices",
)


def harborline() -> World:
    """Return the make-believe company that ships with the product."""
    world: World = json.loads(files("training").joinpath(_HARBORLINE).read_text(encoding="utf-8"))
    return world


def load_company(path: Path) -> World:
    """Read a company from a JSON file of the shape of `training/data/companies/harborline.json`.

    Raises:
        BadExport: the file is no JSON object or misses a part.
    """
    try:
        world = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadExport(f"{path} is not JSON: {error}", hint=_hint()) from error
    missing = [part for part in _NEEDED if part not in world] if isinstance(world, dict) else list(_NEEDED)
    if missing:
        raise BadExport(f"{path} lacks {', '.join(missing)}", hint=_hint())
    return dict(world)


def _hint() -> str:
    return f"Take {files('training').joinpath(_HARBORLINE)} as a pattern."


def names() -> dict[str, list[str]]:
    """Return the stock of invented names: given, family, companies, departments, titles and so on."""
    text = files("training").joinpath("data/names.json").read_text(encoding="utf-8")
    stock: dict[str, list[str]] = json.loads(text)
    return stock


def invent_company(seed: int, *, people: int = 120) -> World:
    """Make up a company that shares nothing with another seed's but the shape.

    Used so that a model sees many names, servers and groups and learns none of them.
    """
    rng, stock = Random(seed), names()  # noqa: S311 - a reproducible choice, no secret
    domain = (
        f"{rng.choice(stock['companies']).lower()}{rng.choice(('group', 'works', 'net', 'hq', ''))}.example"
    )
    prefix = "".join(rng.choices("ABCDEFGHJKLMNPRSTUVWZ", k=2))
    users = [_person(rng, stock, domain, number) for number in range(people)]
    for number, user in enumerate(users):
        user["manager"] = users[rng.randrange(max(1, min(number, people // 8)))]["id"] if number else None
    return {
        "organization": {"displayName": domain.split(".", maxsplit=1)[0].title(), "domain": domain},
        "users": users,
        "groups": _groups(rng, stock, domain, users),
        "sharedMailboxes": _mailboxes(rng, stock, domain, users),
        "servers": [
            {
                "name": f"{prefix}-{rng.choice(('APP', 'SQL', 'PRN', 'FS', 'WEB'))}-{n:02d}",
                "services": rng.sample(stock["services"], 2),
            }
            for n in range(1, 9)
        ],
        "fileShares": [
            {"path": f"\\\\{prefix}-FS-{n:02d}\\{name}"}
            for n, name in enumerate(rng.sample(stock["topics"], 8), 1)
        ],
        "licenses": harborline()["licenses"],
        "devices": [_device(rng, prefix, user) for user in users],
    }


def _person(rng: Random, stock: dict[str, list[str]], domain: str, number: int) -> World:
    given, family = rng.choice(stock["given"]), rng.choice(stock["family"])
    upn = f"{given}.{family}{number if rng.random() < 0.1 else ''}@{domain}".lower().replace(" ", "")
    department = rng.choice((*stock["departments"], "IT Operations", "Human Resources"))
    return {
        "id": f"u{number}",
        "userPrincipalName": upn,
        "mail": upn,
        "displayName": f"{given} {family}",
        "givenName": given,
        "surname": family,
        "department": department,
        "jobTitle": rng.choice(stock["titles"]),
        "usageLocation": rng.choice(("DE", "GB", "FR", "NL", "PL", "PT")),
        "accountEnabled": True,
        "onPremisesSamAccountName": f"{given[0]}{family}".lower().replace(" ", ""),
        "mobilePhone": None,
        "accountKind": "person",
        "licenses": [],
        "roles": [],
        "vip": False,
    }


def _groups(rng: Random, stock: dict[str, list[str]], domain: str, users: list[World]) -> list[World]:
    kinds = ("security", "microsoft365", "distribution")
    chosen = rng.sample(stock["topics"], 24)
    return [
        {
            "displayName": f"SG-{topic.replace(' ', '-')}" if kinds[number % 3] == "security" else topic,
            "kind": kinds[number % 3],
            "mail": None if kinds[number % 3] == "security" else f"{topic.replace(' ', '').lower()}@{domain}",
            "members": [user["id"] for user in rng.sample(users, 12)],
        }
        for number, topic in enumerate(chosen)
    ]


def _mailboxes(rng: Random, stock: dict[str, list[str]], domain: str, users: list[World]) -> list[World]:
    return [
        {
            "address": f"{topic.replace(' ', '.').lower()}@{domain}",
            "displayName": topic,
            "fullAccess": [user["userPrincipalName"] for user in rng.sample(users, 4)],
        }
        for topic in rng.sample(stock["mailboxes"], 10)
    ]


def _device(rng: Random, prefix: str, user: World) -> World:
    system = rng.choice(("Windows", "Windows", "Windows", "iOS", "Android"))
    kind = "LT" if system == "Windows" else "MB"
    return {
        "deviceName": f"{prefix}-{kind}-{rng.randint(1000, 9999)}",
        "operatingSystem": system,
        "user": user["userPrincipalName"],
    }
