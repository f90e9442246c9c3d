"""Inbox rules in Graph: what a mailbox does with new mail; a few forward to strangers."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from starlette.responses import Response

from triage.sandbox.bodies import Body, parsed
from triage.sandbox.graph.calls import Call, entity, no_content
from triage.sandbox.graph.errors import GraphError
from triage.sandbox.graph.mailboxes import mailbox_owner, noted
from triage.sandbox.graph.pages import Kind, collection
from triage.sandbox.records import Json
from triage.sandbox.tenant import stable_id

_NAMES = (
    *("id", "displayName", "sequence", "isEnabled", "hasError", "isReadOnly", "conditions", "actions"),
    "exceptions",
)
_RULE = Kind("users/mailFolders('inbox')/messageRules", frozenset(_NAMES), _NAMES)
_FORWARDED_OF = 12  # one mailbox in so many sends its invoices elsewhere


class _Update(Body):
    display_name: str | None = None
    is_enabled: bool | None = None
    sequence: int | None = None


def list_rules(call: Call) -> Response:
    """GET /users/{id}/mailFolders/inbox/messageRules."""
    return collection(call, _rules(mailbox_owner(call)), _RULE)


def update_rule(call: Call) -> Response:
    """PATCH …/messageRules/{id}: switch a rule off or on, or name it anew."""
    owner = mailbox_owner(call)
    rule = _rule(call, owner)
    asked = parsed(_Update, call.body).model_dump(by_alias=True, exclude_none=True)
    before: dict[str, Any] = {name: rule[name] for name in asked}
    rule.update(asked)
    noted(call, "Set inbox rule", owner, before, asked)
    return entity(call, f"{_RULE.context}/$entity", rule)


def remove_rule(call: Call) -> Response:
    """DELETE …/messageRules/{id}."""
    owner = mailbox_owner(call)
    rule = _rule(call, owner)
    owner["messageRules"] = [one for one in owner["messageRules"] if one is not rule]
    noted(call, "Remove inbox rule", owner, {"rule": rule["displayName"]}, {"rule": None})
    return no_content()


def _rule(call: Call, owner: Json) -> Json:
    wanted = call.keys["rule"]
    found = next((rule for rule in _rules(owner) if rule["id"] == wanted), None)
    if found is None:
        raise GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    return found


def _rules(owner: Json) -> list[Json]:
    rules: list[Json] = owner.setdefault("messageRules", _first_rules(owner["id"]))
    return rules


def _first_rules(user_id: str) -> list[Json]:
    if crc32(f"rules/{user_id}".encode()) % _FORWARDED_OF:
        return []
    away = {"emailAddress": {"name": "archive", "address": "archive@mail-box.invalid"}}
    return [
        {
            "id": stable_id(user_id, "inbox-rule"),
            "displayName": ".",
            "sequence": 1,
            "isEnabled": True,
            "hasError": False,
            "isReadOnly": False,
            "conditions": {"subjectContains": ["invoice", "payment"]},
            "actions": {"forwardTo": [away], "delete": True, "stopProcessingRules": True},
            "exceptions": None,
        }
    ]
