"""Settings of people's mailboxes: the automatic replies (graph.md section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from actions.clients.call import Call
from actions.clients.graph.odata import user_path
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import Read
from actions.clients.http import Api


class Moment(Read):
    """A wall-clock time and the zone it is in; Graph shows those of mailbox settings in UTC."""

    date_time: str
    time_zone: str = "UTC"


class AutomaticReplies(Read):
    """How a mailbox answers: `status` is disabled, alwaysEnabled or scheduled; messages are HTML."""

    status: str = "disabled"
    external_audience: str = "none"
    internal_reply_message: str = ""
    scheduled_start_date_time: Moment | None = None
    scheduled_end_date_time: Moment | None = None


class _Settings(Read):
    automatic_replies_setting: AutomaticReplies = AutomaticReplies()


@dataclass(frozen=True)
class Mailboxes:
    """Mailboxes of the tenant's users."""

    api: Api

    async def automatic_replies(self, user_id: str) -> AutomaticReplies:
        """Return how the mailbox of this user answers by itself.

        Raises:
            NotFound: there is no such user, or no mailbox in Exchange Online.
        """
        call = Call(
            method="GET",
            path=_path(user_id),
            permission=PERMISSIONS["mailboxes.automatic_replies"],
            bucket="mail",
        )
        return _Settings.of((await self.api.send(call)).object).automatic_replies_setting

    async def set_automatic_replies(self, user_id: str, setting: Mapping[str, JsonValue]) -> None:
        """Set properties of an `automaticRepliesSetting` by Graph's names; the others stay.

        Raises:
            NotFound: there is no mailbox in Exchange Online.
            Refused: the end is not after the start.
        """
        await self.api.send(
            Call(
                method="PATCH",
                path=_path(user_id),
                json={"automaticRepliesSetting": dict(setting)},
                repeatable=True,
                permission=PERMISSIONS["mailboxes.set_automatic_replies"],
                bucket="mail",
            )
        )


def _path(user_id: str) -> str:
    return f"{user_path(user_id)}/mailboxSettings"
