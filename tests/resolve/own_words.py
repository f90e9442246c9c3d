"""The tickets of `own_words.yaml` and `further_words.yaml` as rows of an export."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

_FILES = tuple(Path(__file__).with_name(name) for name in ("own_words.yaml", "further_words.yaml"))
_DOMAIN = "harborline.example"
_PEOPLE = frozenset({"user", "trustee", "manager", "delegate", "sponsor", "calendar_owner"})
"""Parameters that are people, named in the file by the part of their UPN before the @."""


def tickets() -> tuple[Mapping[str, Any], ...]:
    """Return the tickets as they are written down."""
    return tuple(one for file in _FILES for one in yaml.safe_load(file.read_text(encoding="utf-8")))


def rows() -> Iterator[dict[str, str]]:
    """Yield each ticket as a row of a synthetic export; `u_open` has the parameters that stay open."""
    for number, ticket in enumerate(tickets(), 1):
        caller = ticket["caller"]
        yield {
            "number": f"INC{number:07d}",
            "sys_id": f"{number:032x}",
            "caller_id": f"{caller}@{_DOMAIN}" if caller else "",
            "opened_by": "",
            "opened_at": "2026-09-16 09:00:00",
            "contact_type": "email",
            "short_description": ticket["subject"],
            "description": ticket["text"],
            "category": "",
            "cat_item": "",
            "variables": "",
            "u_intent": ticket["label"],
            "u_frame": f"own-{number:03d}",
            "u_parameters": json.dumps({name: _full(name, told) for name, told in ticket["asks"].items()}),
            "u_open": " ".join(ticket.get("open", ())),
            "u_foreign": "yes" if ticket.get("foreign") else "",
        }


def _full(name: str, told: str | list[str]) -> str | list[str]:
    values = told if isinstance(told, list) else [told]
    whole = [f"{one}@{_DOMAIN}" if name in _PEOPLE or _is_manager(one) else str(one) for one in values]
    return whole if isinstance(told, list) else whole[0]


def _is_manager(value: str) -> bool:
    """Say whether a new value of a profile is a person: the new manager."""
    given, dot, surname = str(value).partition(".")
    return bool(dot) and given.isalpha() and surname.replace("-", "").isalpha()
