"""The session cookie: who is signed in, signed with a key of our own, out of scripts' reach."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Request

from triage.clock import Clock
from triage.errors import NotSignedIn
from triage.web.callers import Caller, Role

_PERSON, _FLOW = "person", "flow"


def sign_in(request: Request, caller: Caller, until: datetime) -> None:
    """Make `caller` the person of a fresh session that ends at `until`; nothing of the former one stays."""
    request.session.clear()
    request.session[_PERSON] = {
        "id": caller.id,
        "name": caller.name,
        "upn": caller.upn,
        "roles": sorted(role.value for role in caller.roles),
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
