"""Set or end the automatic replies of a person's own mailbox, at once or for a span of days.

Only people inside the organisation get the reply; what outsiders would read stays as it is, unsent. Days are
whole days in UTC, the zone in which Graph shows these times. Exchange keeps a message as HTML, so messages
are compared by their words, and undoing writes back the HTML that was there.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from html import escape, unescape

from pydantic import Field, JsonValue

from actions.clients.graph.mailboxes import AutomaticReplies, Moment
from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.errors import NotFound
from actions.guards import NO_USER, find_user, shown
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier

_STATUS, _MESSAGE, _AUDIENCE = "status", "internalReplyMessage", "externalAudience"
_START, _END = "scheduledStartDateTime", "scheduledEndDateTime"
_FIELDS = {
    _STATUS: "automatic replies",
    _START: "from",
    _END: "until",
    _MESSAGE: "message",
    _AUDIENCE: "people outside",
}
_AT_ONCE = date(2000, 1, 1)
"""A first day that has always begun: a plan must not depend on the hour in which it is made."""


class State(StrEnum):
    """Whether the mailbox answers by itself."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class SetAutomaticReplies(Params):
    """Whose mailbox answers, from when to when, with what."""

    user_id: ObjectId = Field(description="Object id of the mailbox's owner")
    state: State = Field(description="Whether it answers by itself")
    start: date | None = Field(default=None, description="First day; left out: at once")
    end: date | None = Field(default=None, description="Last day; left out: until it is switched off")
    message: str = Field(
        default="",
        description="What colleagues read; left out: what stands there, else one plain sentence",
        max_length=1000,
        pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$",
    )


async def check(world: World, params: SetAutomaticReplies) -> tuple[Blocker, ...]:
    """A mailbox in Exchange Online, and days that make sense."""
    user = await find_user(world, params.user_id)
    if user is None:
        return (NO_USER,)
    found = []
    try:
        await world.graph.mailboxes.automatic_replies(params.user_id)
    except NotFound:
        found.append(Blocker("no_mailbox", f"{shown(user)} has no mailbox in Exchange Online."))
    if params.start and params.end and params.end < params.start:
        found.append(Blocker("days_reversed", "The last day is before the first; ask for the right days."))
    if params.start and (params.end is None or params.state is State.DISABLED):
        sentence = "Exchange can begin on a day only what also ends on one; ask for the last day."
        found.append(Blocker("no_last_day", sentence))
    return tuple(found)


async def plan(world: World, params: SetAutomaticReplies) -> Plan:
    """Each setting that is not yet as asked."""
    user = await world.graph.users.get(params.user_id)
    replies = await world.graph.mailboxes.automatic_replies(params.user_id)
    before = _shown(replies)
    changes = (
        Change(target=shown(user), field=_FIELDS[name], before=before[name] or None, after=after)
        for name, after in _wanted(params, replies).items()
        if not _same(name, before[name], after)
    )
    return Plan(changes=tuple(changes))


async def execute(world: World, params: SetAutomaticReplies, _run: RunContext) -> None:
    """Write all of it at once."""
    replies = await world.graph.mailboxes.automatic_replies(params.user_id)
    wanted = _wanted(params, replies)
    if _MESSAGE in wanted:
        wanted[_MESSAGE] = escape(wanted[_MESSAGE]).replace("\n", "<br>\n")
    await world.graph.mailboxes.set_automatic_replies(params.user_id, _written(wanted))


async def undo(
    world: World, params: SetAutomaticReplies, changes: tuple[Change, ...], _run: RunContext
) -> None:
    """Write back what was there before."""
    names = {field: name for name, field in _FIELDS.items()}
    before = {names[change.field]: change.before or "" for change in changes}
    if before:
        await world.graph.mailboxes.set_automatic_replies(params.user_id, _written(before))


def _wanted(params: SetAutomaticReplies, replies: AutomaticReplies) -> dict[str, str]:
    """Return the settings as they shall be, by Graph's names; times as `_shown` writes them."""
    if params.state is State.DISABLED:
        return {_STATUS: "disabled"}
    wanted = {
        _STATUS: "alwaysEnabled",
        _MESSAGE: params.message.strip() or _words(replies.internal_reply_message) or _sentence(params.end),
        _AUDIENCE: "none",
    }
    if params.end is None:
        return wanted
    return wanted | {
        _STATUS: "scheduled",
        _START: f"{params.start or _AT_ONCE}T00:00:00 UTC",
        _END: f"{params.end + timedelta(days=1)}T00:00:00 UTC",
    }


def _same(name: str, before: str, after: str) -> bool:
    """Tell whether a setting is as wanted; Exchange lays out HTML anew, so of a message the words count."""
    return _words(before).split() == after.split() if name == _MESSAGE else before == after


def _sentence(end: date | None) -> str:
    return (
        f"I am out of the office; my last day away is {end}." if end else "I am out of the office at present."
    )


def _shown(replies: AutomaticReplies) -> dict[str, str]:
    return {
        _STATUS: replies.status,
        _START: _time(replies.scheduled_start_date_time),
        _END: _time(replies.scheduled_end_date_time),
        _MESSAGE: replies.internal_reply_message,
        _AUDIENCE: replies.external_audience,
    }


def _time(moment: Moment | None) -> str:
    """Return a time to the second with its zone: `2026-12-01T00:00:00 UTC`."""
    return f"{moment.date_time[:19]} {moment.time_zone}" if moment else ""


def _written(settings: dict[str, str]) -> dict[str, JsonValue]:
    """Return settings as Graph takes them; a time that was never set is left as it is."""
    written: dict[str, JsonValue] = {}
    for name, value in settings.items():
        if name not in (_START, _END):
            written[name] = value
        elif value:
            at, _, zone = value.partition(" ")
            written[name] = {"dateTime": at, "timeZone": zone}
    return written


def _words(html: str) -> str:
    """Return the text of a message, a line break for each `<br>`."""
    text = re.sub(r"<[^>]*>", "", re.sub(r"<br\s*/?>\n?", "\n", html))
    return unescape(text).strip()


ACTION = Action(
    name="set_automatic_replies",
    title="Set automatic replies",
    impact="Colleagues who write to the person get the message at once; nobody outside the company does.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "mailboxes.automatic_replies", "mailboxes.set_automatic_replies"),
    params=SetAutomaticReplies,
    locks=lambda params: (f"person:{params.user_id}", f"mailbox:{params.user_id}"),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(
        SetAutomaticReplies(
            user_id="e8ff2d8e-736a-553f-9edf-2e19270add77",
            state=State.ENABLED,
            start=date(2026, 12, 1),
            end=date(2026, 12, 11),
            message="Back on 12 December.\nIn urgent cases: Emre <Finance & Payroll>.",
        ),
        SetAutomaticReplies(user_id="e8ff2d8e-736a-553f-9edf-2e19270add77", state=State.ENABLED),
    ),
)
