"""The session cookie: who is signed in, signed with a key of our own, out of scripts' reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import Request

from triage.clock import Clock
from triage.errors import NotSignedIn
from triage.keyfile import key_file
from triage.web.callers import Caller, Role

_PERSON, _FLOW = "person", "flow"
FRESH = timedelta(minutes=15)
"""How long a sign-in counts as fresh, which answers of the highest tiers ask for (safety.md D5)."""


def sign_in(request: Request, caller: Caller, *, at: datetime | None, until: datetime) -> None:
    """Make `caller` the person of a new session that ends at `until`; nothing of the former one stays.

    `at` is when they last showed their credentials; without it the sign-in never counts as fresh.
    """
    request.session.clear()
    request.session[_PERSON] = {
        "id": caller.id,
        "name": caller.name,
        "upn": caller.upn,
        "roles": sorted(role.value for role in caller.roles),
        "at": at.timestamp() if at else 0.0,
        "until": until.timestamp(),
    }


def sign_out(request: Request) -> None:
    """End the session."""
    request.session.clear()


def person(request: Request, clock: Clock) -> Caller:
    """Return who is signed in.

    Raises:
        NotSignedIn: nobody, or the session has ended.
    """
    kept: dict[str, Any] | None = request.session.get(_PERSON)
    if kept is None or clock().timestamp() >= kept["until"]:
        raise NotSignedIn("nobody is signed in", hint="Sign in.")
    return Caller(kept["id"], kept["name"], kept["upn"], frozenset(Role(name) for name in kept["roles"]))


def fresh(request: Request, clock: Clock) -> bool:
    """Whether the person showed their credentials just now, as Entra told."""
    kept: dict[str, Any] = request.session.get(_PERSON, {})
    return clock().timestamp() - float(kept.get("at", 0)) < FRESH.total_seconds()


def keep_flow(request: Request, flow: dict[str, Any], back: str) -> None:
    """Remember a sign-in that is under way and the page to go back to."""
    request.session[_FLOW] = {"flow": flow, "back": back}


def take_flow(request: Request) -> tuple[dict[str, Any], str]:
    """Return and forget the sign-in under way; it is good for one attempt.

    Raises:
        NotSignedIn: none is under way.
    """
    kept = request.session.pop(_FLOW, None)
    if kept is None:
        raise NotSignedIn("no sign-in is under way in this browser", hint="Sign in again.")
    return kept["flow"], kept["back"]


def local(path: str) -> str:
    """Return `path` if it is one of ours, else the start page: no sign-in may lead elsewhere."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def session_key(data_dir: Path) -> str:
    """Return the key that signs sessions, from `<data_dir>/keys/session.key`, made on first use (mode 0600).

    Raises:
        NotConfigured: the file holds no key of 32 bytes.
    """
    lost = "Delete it: a new one is made, and everybody signs in again."
    return key_file(data_dir / "keys" / "session.key", lost=lost).hex()
