"""Temporary Access Passes: one a person, told once, replaced by the next (graph.md section 4.2)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from pydantic import AwareDatetime, SecretStr

from actions.clients.call import Call
from actions.clients.graph.odata import segment, user_path
from actions.clients.graph.pages import everything
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import Read
from actions.clients.http import Api
from actions.errors import NotFound, Unreachable


class Pass(Read):
    """A pass, without what opens the account."""

    id: str
    created_date_time: AwareDatetime | None = None


@dataclass(frozen=True)
class Passes:
    """Temporary Access Passes of the tenant's users."""

    api: Api

    async def of_user(self, user_id: str) -> tuple[Pass, ...]:
        """Return the pass of this user, if there is one."""
        call = Call(method="GET", path=_path(user_id), permission=PERMISSIONS["passes.of_user"])
        return tuple(Pass.of(item) for item in await everything(self.api, call))

    async def issue(self, user_id: str, lifetime: timedelta) -> SecretStr:
        """Make a pass that can be used once, in place of any before, and return it.

        Raises:
            Refused: a guest, or the tenant's policy has no passes for this person.
            Forbidden: the permission is missing, or the person is an administrator.
        """
        minutes = int(lifetime.total_seconds() // 60)
        call = Call(
            method="POST",
            path=_path(user_id),
            json={"lifetimeInMinutes": minutes, "isUsableOnce": True},
            repeatable=True,
            permission=PERMISSIONS["passes.issue"],
        )
        told = (await self.api.send(call)).object.get("temporaryAccessPass")
        if not isinstance(told, str):
            raise Unreachable("Microsoft Graph made a pass and did not tell it.", hint="Issue another one.")
        return SecretStr(told)

    async def delete(self, user_id: str, pass_id: str) -> None:
        """Delete a pass; one that is gone is fine."""
        call = Call(
            method="DELETE",
            path=f"{_path(user_id)}/{segment(pass_id)}",
            repeatable=True,
            permission=PERMISSIONS["passes.delete"],
        )
        with suppress(NotFound):
            await self.api.send(call)


def _path(user_id: str) -> str:
    return f"{user_path(user_id)}/authentication/temporaryAccessPassMethods"
