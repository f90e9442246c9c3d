"""Mailbox settings in Graph: automatic replies, whose texts Exchange keeps as HTML and whose times as UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from starlette.responses import Response

from triage.sandbox.bodies import Body, parsed
from triage.sandbox.graph.calls import Call, entity, user_of
from triage.sandbox.graph.errors import GraphError
from triage.sandbox.outlook import outlook_time
from triage.sandbox.records import Json
from triage.sandbox.tenant import record


class _Moment(Body):
    date_time: str
    time_zone: Literal["UTC"]


class _Replies(Body):
    status: Literal["disabled", "alwaysEnabled", "scheduled"] | None = None
    external_audience: Literal["none", "contactsOnly", "all"] | None = None
    internal_reply_message: str | None = None
    external_reply_message: str | None = None
    scheduled_start_date_time: _Moment | None = None
    scheduled_end_date_time: _Moment | None = None


class _Settings(Body):
    automatic_replies_setting: _Replies


def get_settings(call: Call) -> Response:
    """GET /users/{id}/mailboxSettings."""
    return entity(call, "users/mailboxSettings", mailbox_owner(call)["mailboxSettings"])


def update_settings(call: Call) -> Response:
    """PATCH /users/{id}/mailboxSettings: what `automaticRepliesSetting` names; the rest stays."""
    owner = mailbox_owner(call)
    asked = parsed(_Settings, call.body).automatic_replies_setting
    replies: Json = owner["mailboxSettings"]["automaticRepliesSetting"]
    after = replies | _changes(asked)
    if after["scheduledEndDateTime"]["dateTime"] <= after["scheduledStartDateTime"]["dateTime"]:
        raise GraphError(400, "ErrorInvalidTimeInterval", "The start time must be before the end time.")
    owner["mailboxSettings"] = owner["mailboxSettings"] | {"automaticRepliesSetting": after}
    noted(call, "Set automatic replies", owner, {"status": replies["status"]}, {"status": after["status"]})
    return entity(call, "users/mailboxSettings", owner["mailboxSettings"])


def mailbox_owner(call: Call) -> Json:
    """Return the user whose mailbox or calendar the path names.

    Raises:
        GraphError: 404; there is no such user, or no mailbox: only a shared one lives without a licence.
    """
    user = user_of(call, call.tenant)
    mailbox = call.tenant.exchange.get((user["mail"] or "").lower())
    shared = mailbox is not None and mailbox.type == "Shared"
    if not user["mail"] or not (user["assignedLicenses"] or shared):
        message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
        raise GraphError(404, "MailboxNotEnabledForRESTAPI", message)
    return user


def noted(call: Call, what: str, owner: Json, before: Json, after: Json) -> None:
    """Write a change in somebody's mailbox into the change log; no words of a mail or a reply."""
    target = (owner["id"], owner["displayName"])
    record(
        call.tenant,
        actor=call.app_name,
        area="mail",
        what=what,
        target=target,
        before=before,
        after=after,
        correlation=call.client_request_id,
    )


def _changes(asked: _Replies) -> Json:
    values = asked.model_dump(by_alias=True, exclude_none=True)
    for name in ("internalReplyMessage", "externalReplyMessage"):
        if name in values:
            values[name] = _html(values[name])
    for name in ("scheduledStartDateTime", "scheduledEndDateTime"):
        if name in values:
            values[name] = _utc(values[name]["dateTime"])
    return values


def _html(text: str) -> str:
    """Wrap a text as Exchange does; what already is a page, or empty, stays."""
    page = not text or text.lstrip().startswith("<html>")
    return text if page else f"<html>\n<body>\n{text}\n</body>\n</html>\n"


def _utc(written: str) -> Json:
    try:
        return outlook_time(datetime.fromisoformat(written))
    except ValueError:
        raise GraphError(400, "ErrorInvalidRequest", "A dateTime could not be read.") from None
