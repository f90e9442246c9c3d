"""Gives a frame its people and things: who asks, who is meant, which group, server, date, guest."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from training.company import World
from training.dates import iso, written
from training.frames import Frame
from training.slots import official, person_slots, thing_slots

_DISTRIBUTION = re.compile(r"verteiler|distribution|mailing|newsletter|\blist|lista|liste\b", re.IGNORECASE)
_TEAM = re.compile(r"\bteams?\b|channel|kanal|sharepoint|workspace|équipe|equipo|equipe", re.IGNORECASE)
_SECURITY = re.compile(
    r"security|sicherheitsgruppe|\bAD\b|entra|berechtigung|SG-|segurança|sécurité", re.IGNORECASE
)
_PHONE = re.compile(
    r"phone|handy|telefon|téléphone|mobile|tablet|ipad|telemóvel|móvil|komórk|smartphone", re.IGNORECASE
)


@dataclass(frozen=True)
class Stage:
    """A company with its look-ups made once, and the stock of outside names."""

    world: World
    people: tuple[World, ...]
    by_id: Mapping[str, World]
    stock: Mapping[str, Sequence[str]]

    @property
    def domain(self) -> str:
        """The company's mail domain."""
        return str(self.world["organization"]["domain"])


@dataclass(frozen=True)
class Cast:
    """A frame's slots with what was put there, and the caller.

    Attributes:
        values: Slot name (`user.name`) to the words written in the text.
        truth: Slot stem (`user`, `group`, `date`) to the directory's name (UPN, displayName, ISO date).
        caller: UPN of who asks; an outside address for `external`.
    """

    values: Mapping[str, str]
    truth: Mapping[str, str]
    caller: str


def set_stage(world: World, stock: Mapping[str, Sequence[str]]) -> Stage:
    """Look up a company's ordinary people once."""
    people = tuple(u for u in world["users"] if u.get("accountKind") == "person" and u.get("accountEnabled"))
    return Stage(world, people, {user["id"]: user for user in world["users"]}, stock)


def choose_cast(frame: Frame, stage: Stage, opened_at: datetime, rng: Random) -> Cast:
    """Choose everybody and everything a frame names, as its wording wants it."""
    things = _things(frame, stage, rng)
    user = _user(frame, stage, things, rng)
    caller = _caller(frame, stage, user, rng)
    other = _somebody(stage, rng, {user["id"], caller.get("id", "")})
    manager = _manager(stage, user, caller, rng)
    values = person_slots("user", user, frame, rng) | person_slots("caller", caller, frame, rng)
    values |= person_slots("other", other, frame, rng) | {"manager.name": manager["displayName"]}
    truth = {"user": user["userPrincipalName"], "caller": caller["userPrincipalName"]}
    truth |= {one["displayName"]: one["skuPartNumber"] for one in stage.world["licenses"]}
    truth |= {"other": other["userPrincipalName"], "manager": manager["userPrincipalName"]}
    for stem, thing in (things | {"device": _device(frame, stage, user, rng)}).items():
        values |= {f"{stem}.{part}": words for part, words in thing_slots(stem, thing).items()}
        truth[stem] = official(stem, thing)
    for extra in (_newcomer(stage, rng), _guest(stage, rng), _dates(frame, opened_at, rng)):
        values, truth = values | extra[0], truth | extra[1]
    truth["immediate"] = opened_at.date().isoformat()
    values["ticket"] = f"INC{rng.randint(10000, 99999):07d}"
    return Cast(values, truth, truth["caller"])


def _things(frame: Frame, stage: Stage, rng: Random) -> dict[str, World]:
    world = stage.world
    server = rng.choice(world["servers"])
    return {
        "group": rng.choice(_groups(frame, world["groups"])),
        "mailbox": rng.choice(world["sharedMailboxes"]),
        "license": rng.choice(world["licenses"]),
        "server": server,
        "service": {"name": rng.choice(server["services"])},
        "share": rng.choice(world["fileShares"]),
    }


def _groups(frame: Frame, groups: Sequence[World]) -> Sequence[World]:
    """Return the groups of the kind the frame's words speak of; all of them where it says nothing."""
    if "{group.mail}" in frame.text:
        return [group for group in groups if group.get("mail")]
    for words, kind in ((_TEAM, "microsoft365"), (_DISTRIBUTION, "distribution"), (_SECURITY, "security")):
        if words.search(frame.text):
            return [group for group in groups if group["kind"] == kind] or groups
    return groups


def _user(frame: Frame, stage: Stage, things: Mapping[str, World], rng: Random) -> World:
    """Choose the affected person: a holder, where something is taken away; a report, where a manager asks."""
    people: Sequence[World] = stage.people
    if frame.intent == "license_remove":
        sku = things["license"].get("skuPartNumber")
        people = [one for one in people if sku in one.get("licenses", ())] or people
    elif frame.intent == "group_remove_member":
        people = [one for one in people if one["id"] in things["group"].get("members", ())] or people
    elif frame.intent == "mailbox_permission_revoke":
        people = [
            one for one in people if one["userPrincipalName"] in things["mailbox"]["fullAccess"]
        ] or people
    if frame.opened_by == "manager":
        people = [one for one in people if one.get("manager")] or people
    return rng.choice(people)


def _caller(frame: Frame, stage: Stage, user: World, rng: Random) -> World:
    """Choose who asks: the person, the real manager, HR, IT, a colleague, an outsider, a monitor."""
    if frame.opened_by == "self":
        return user
    if frame.opened_by == "manager" and user.get("manager"):
        return stage.by_id[user["manager"]]
    if frame.opened_by == "external":
        return _outsider(stage, rng)
    if frame.opened_by == "monitoring":
        return {
            "displayName": "Monitoring",
            "givenName": "Monitoring",
            "userPrincipalName": f"monitoring@{stage.domain}",
        }
    wanted = {"hr": "Human Resources", "it": "IT Operations"}.get(frame.opened_by, user.get("department"))
    staff = [one for one in stage.people if one.get("department") == wanted and one["id"] != user["id"]]
    return rng.choice(staff or stage.people)


def _outsider(stage: Stage, rng: Random) -> World:
    given, family = rng.choice(stage.stock["given"]), rng.choice(stage.stock["family"])
    address = f"{given}.{family}@{rng.choice(stage.stock['companies'])}.example".lower().replace(" ", "")
    return {
        "displayName": f"{given} {family}",
        "givenName": given,
        "surname": family,
        "userPrincipalName": address,
    }


def _somebody(stage: Stage, rng: Random, taken: set[str]) -> World:
    return rng.choice([one for one in stage.people if one["id"] not in taken])


def _manager(stage: Stage, user: World, caller: World, rng: Random) -> World:
    """Return the user's manager; where that is who asks, the manager above."""
    above = stage.by_id.get(user.get("manager") or "")
    if above is not None and above["id"] == caller.get("id"):
        above = stage.by_id.get(above.get("manager") or "")
    return above or rng.choice(stage.people)


def _device(frame: Frame, stage: Stage, user: World, rng: Random) -> World:
    phones = bool(_PHONE.search(frame.text)) and frame.intent != "bitlocker_recovery"
    fitting = [one for one in stage.world["devices"] if (one["operatingSystem"] != "Windows") == phones]
    own = [one for one in fitting if one["user"] == user["userPrincipalName"]]
    return rng.choice(own or fitting or stage.world["devices"])


def _newcomer(stage: Stage, rng: Random) -> tuple[dict[str, str], dict[str, str]]:
    given, family = rng.choice(stage.stock["given"]), rng.choice(stage.stock["family"])
    title = rng.choice(sorted({str(one["jobTitle"]) for one in stage.people if one.get("jobTitle")}))
    department = rng.choice(sorted({str(one["department"]) for one in stage.people if one.get("department")}))
    parts = {"name": f"{given} {family}", "first": given, "last": family, "title": title, "dept": department}
    values = {f"new.{part}": value for part, value in parts.items()}
    return values, {"new": parts["name"], **values}


def _guest(stage: Stage, rng: Random) -> tuple[dict[str, str], dict[str, str]]:
    person = _outsider(stage, rng)
    company = person["userPrincipalName"].split("@")[1].split(".")[0].title()
    values = {
        "guest.mail": person["userPrincipalName"],
        "guest.name": person["displayName"],
        "guest.company": company,
    }
    return values, dict(values)


def _dates(frame: Frame, opened_at: datetime, rng: Random) -> tuple[dict[str, str], dict[str, str]]:
    first = opened_at.date() + timedelta(days=rng.randint(1, 30))
    second = first + timedelta(days=rng.randint(2, 40))
    style = rng.random()
    values = {"date": written(first, frame.lang, style), "date2": written(second, frame.lang, style)}
    return values, {"date": iso(first), "date2": iso(second)}
