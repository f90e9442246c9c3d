"""Reads what others changed in the directory into the memory: what changed outside counts too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.clients.graph.audits import DirectoryAudit
from actions.errors import OutsideError
from triage.memory import TOXIC_PAIR, Event
from triage.store import polls
from triage.store.memories import DIRECTORY, knows, memory_on
from triage.store.polls import Cursor
from triage.workflow.services import Services

OVERLAP: Final = timedelta(minutes=30)
"""How far each look reaches back: Entra's log comes late and out of order."""

_PASSWORD: Final = frozenset(
    {
        "Reset user password",
        "Change user password",
        "Reset password (self-service)",
        "Reset password (by admin)",
        "Change password (self-service)",
    }
)
_FACTOR: Final = frozenset(
    {
        "Admin registered security info",
        "Admin updated security info",
        "Admin deleted security info",
        "User registered security info",
        "User registered all required security info",
        "User changed default security info",
        "User deleted security info",
        "User updated security info",
        "Disable Strong Authentication",
    }
)
_CONTACT: Final = {
    "mobilephone": "mobilePhone",
    "mobile": "mobilePhone",
    "businessphones": "businessPhones",
    "telephonenumber": "businessPhones",
    "othermails": "otherMails",
    "othermail": "otherMails",
    "mail": "mail",
}
_FACTOR_PROPERTIES: Final = "strongauthentication"


async def watch_directory(services: Services) -> int:
    """Remember what was changed outside since the last look; return how many changes were new.

    A look that fails leaves the mark of the last good one: decisions count the memory as unknown once that is
    old, or at once when there never was one.

    Raises:
        OutsideError: Graph did not answer or refused.
    """
    now = services.clock()
    async with services.engine.connect() as conn:
        last = await polls.get(conn, DIRECTORY)
    since = max(now - TOXIC_PAIR, last.moved_at - OVERLAP) if last else now - TOXIC_PAIR
    try:
        found = [one async for one in services.tools.reading.graph.audits.since(since)]
    except OutsideError:
        if last is None:
            async with services.engine.begin() as conn:
                await polls.put(conn, _mark(datetime.fromtimestamp(0, UTC)))
        raise
    fresh = 0
    async with services.engine.begin() as conn:
        for one in found:
            if one.app_id != services.settings.entra.client_id or not one.app_id:
                fresh += await _remember(conn, one)
        await polls.put(conn, _mark(now))
    return fresh


def meaning(change: DirectoryAudit) -> tuple[str, str]:
    """What a change is as an ask of ours: label and attribute; both empty for what does not matter here."""
    if change.result == "failure":
        return "", ""
    if change.activity_display_name in _PASSWORD:
        return "password_reset", ""
    if change.activity_display_name in _FACTOR:
        return "mfa_reset", ""
    names = {name.casefold() for name in change.properties}
    if any(name.startswith(_FACTOR_PROPERTIES) for name in names):
        return "mfa_reset", ""
    contact = sorted(names & _CONTACT.keys())
    return ("profile_update", _CONTACT[contact[0]]) if contact else ("", "")


async def _remember(conn: AsyncConnection, change: DirectoryAudit) -> int:
    label, attribute = meaning(change)
    if not label or await knows(conn, change.id):
        return 0
    for person_id in change.targets:
        await memory_on(conn).remember(
            ticket=change.id,
            person_id=person_id,
            requester_id="",
            label=label,
            action="",
            key="",
            event=Event.DONE,
            attribute=attribute,
            now=change.activity_date_time,
        )
    return 1


def _mark(at: datetime) -> Cursor:
    return Cursor(source=DIRECTORY, updated_on="", sys_id="", moved_at=at, polled_at=at)
