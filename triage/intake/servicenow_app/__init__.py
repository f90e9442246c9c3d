"""What an administrator installs in ServiceNow: hints of changes, as one update set made from these scripts.

The parts: a business rule a table, which runs after the transaction; the script include that signs and
sends; an event and its script action, which send again what was throttled or lost; a REST message; an alias,
under which the instance keeps our address and the shared secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from xml.etree import ElementTree as ET

_NAME = "Ticket triage: hints of changes"
_EVENT = "triage.hint.again"
_MESSAGE = "Triage hint"


@dataclass(frozen=True)
class Part:
    """A record of the update set: table, name for people, fields by name."""

    table: str
    name: str
    fields: Mapping[str, str]

    @property
    def sys_id(self) -> str:
        """The same in every update set we make, so that a newer one replaces an older one's records."""
        return sys_id(f"{self.table} {self.name}")


def sys_id(text: str) -> str:
    """Return the sys_id of what this text names."""
    return hashlib.sha256(f"ticket-triage {text}".encode()).hexdigest()[:32]


def parts(tables: Iterable[str]) -> tuple[Part, ...]:
    """Return the records, with a business rule for each of `tables`."""
    alias = {"name": "Triage", "id": "Triage", "type": "connection", "connection_type": "http_connection"}
    held = Part("sys_alias", "Triage", alias)
    return (held, _include(held), *_message(), *_repetition(), *(_rule(table) for table in tables))


def _include(alias: Part) -> Part:
    fields = {
        "name": "TriageHint",
        "api_name": "global.TriageHint",
        "script": script("TriageHint.js").replace("@ALIAS@", alias.sys_id),
        "active": "true",
        "client_callable": "false",
        "access": "package_private",
        "description": "Signs and sends hints of changed records to the ticket triage.",
    }
    return Part("sys_script_include", "TriageHint", fields)


def _message() -> tuple[Part, Part]:
    """The address in it is none: the script takes it from the alias."""
    common = {"rest_endpoint": "https://set.by.the.alias"}
    message = {"name": _MESSAGE, "authentication_type": "no_authentication"}
    held = Part("sys_rest_message", _MESSAGE, message | common)
    function = {"rest_message": held.sys_id, "function_name": "hint", "http_method": "post"}
    inherited = {"authentication_type": "inherit_from_parent"}
    return held, Part("sys_rest_message_fn", f"{_MESSAGE} hint", function | common | inherited)


def _repetition() -> tuple[Part, Part]:
    name, told = "Triage: send a hint again", "A hint to the ticket triage is sent again."
    event = {"event_name": _EVENT, "description": told, "table": "task"}
    action = {"name": name, "event_name": _EVENT, "active": "true", "script": script("on_again.js")}
    return Part("sysevent_register", _EVENT, event), Part("sysevent_script_action", name, action)


def _rule(table: str) -> Part:
    name = f"Triage: hint of a changed {table}"
    fields = {
        "name": name,
        "collection": table,
        "when": "async",
        "action_insert": "true",
        "action_update": "true",
        "active": "true",
        "advanced": "true",
        "order": "1000",
        "script": script("on_change.js"),
    }
    return Part("sys_script", name, fields)


def script(name: str) -> str:
    """Return the text of a script that lies beside this file."""
    return files(__package__ or __name__).joinpath(name).read_text("utf-8")


def update_set(tables: Iterable[str], now: datetime) -> str:
    """Return the update set as XML, ready for `Retrieved Update Sets > Import Update Set from XML`."""
    stamp, found = now.strftime("%Y-%m-%d %H:%M:%S"), parts(tables)
    root = ET.Element("unload", {"unload_date": stamp})
    of_set = {
        "application": "global",
        "application_name": "Global",
        "application_scope": "global",
        "description": "Business rules that tell the ticket triage which record changed.",
        "name": _NAME,
        "remote_sys_id": sys_id("update set"),
        "state": "loaded",
        "sys_class_name": "sys_remote_update_set",
        "sys_created_on": stamp,
        "sys_id": sys_id("remote update set"),
    }
    _append(root, "sys_remote_update_set", of_set)
    for one in found:
        _append(root, "sys_update_xml", _entry(one, stamp))
    ET.indent(root, "")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _entry(part: Part, stamp: str) -> dict[str, str]:
    return {
        "action": "INSERT_OR_UPDATE",
        "application": "global",
        "category": "customer",
        "name": f"{part.table}_{part.sys_id}",
        "payload": _payload(part, stamp),
        "remote_update_set": sys_id("remote update set"),
        "replace_on_upgrade": "false",
        "sys_class_name": "sys_update_xml",
        "sys_created_on": stamp,
        "sys_id": sys_id(f"entry {part.table} {part.name}"),
        "table": part.table,
        "target_name": part.name,
        "type": part.table,
        "update_domain": "global",
    }


def _payload(part: Part, stamp: str) -> str:
    outer = ET.Element("record_update", {"table": part.table})
    own = {
        "sys_id": part.sys_id,
        "sys_class_name": part.table,
        "sys_scope": "global",
        "sys_updated_on": stamp,
    }
    _append(outer, part.table, {**part.fields, **own})
    return '<?xml version="1.0" encoding="UTF-8"?>' + ET.tostring(outer, encoding="unicode")


def _append(parent: ET.Element, name: str, fields: Mapping[str, str]) -> None:
    made = ET.SubElement(parent, name, {"action": "INSERT_OR_UPDATE"})
    for field, value in fields.items():
        ET.SubElement(made, field).text = value
