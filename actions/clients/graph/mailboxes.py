"""Settings of people's mailboxes: the automatic replies (graph.md section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from actions.clients.call import Call
from actions.clients.graph.odata import user_path
from actions.clients.graph.pages import everything
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


class _Address(Read):
    address: str = ""


class _Recipient(Read):
    email_address: _Address = _Address()


class _RuleActions(Read):
    forward_to: tuple[_Recipient, ...] = ()
    redirect_to: tuple[_Recipient, ...] = ()
    forward_as_attachment_to: tuple[_Recipient, ...] = ()
    delete: bool = False
    permanent_delete: bool = False
    move_to_folder: str = ""


class InboxRule(Read):
    """A rule of an inbox, with what it does to mail."""

    display_name: str = ""
    is_enabled: bool = False
    actions: _RuleActions = _RuleActions()

    @property
    def told(self) -> str:
        """What it is called and does, in plain words."""
        does, to = self.actions, self.sent_to
        parts = [f"sends mail to {', '.join(to)}"] if to else []
        parts += ["deletes mail"] if does.delete or does.permanent_delete else []
        parts += ["moves mail to a folder"] if does.move_to_folder else []
        off = "" if self.is_enabled else " (switched off)"
        return f"{self.display_name or 'without a name'}{off}: {', '.join(parts) or 'sorts or marks mail'}"

    @property
    def sent_to(self) -> tuple[str, ...]:
        """The addresses mail goes to."""
        does = self.actions
        everybody = (*does.forward_to, *does.redirect_to, *does.forward_as_attachment_to)
        return tuple(dict.fromkeys(one.email_address.address for one in everybody))


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

    async def inbox_rules(self, user_id: str) -> tuple[InboxRule, ...]:
        """Return the rules by which the inbox of this user treats new mail.

        Raises:
            NotFound: there is no such user, or no mailbox in Exchange Online.
        """
        call = Call(
            method="GET",
            path=f"{user_path(user_id)}/mailFolders/inbox/messageRules",
            permission=PERMISSIONS["mailboxes.inbox_rules"],
            bucket="mail",
        )
        return tuple(InboxRule.of(item) for item in await everything(self.api, call))

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
