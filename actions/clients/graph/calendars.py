"""Who may see or change somebody's calendar (graph.md section 8)."""

from __future__ import annotations

from dataclasses import dataclass

from actions.clients.call import Call
from actions.clients.graph.odata import segment, user_path
from actions.clients.graph.pages import everything
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import Read
from actions.clients.http import Api
from actions.errors import Conflict, NotFound, Refused


class Holder(Read):
    """Whom a permission is for; the organisation as a whole has no address."""

    name: str = ""
    address: str = ""


class CalendarPermission(Read):
    """A permission on a calendar; `role` is freeBusyRead, limitedRead, read, write or another of Graph's."""

    id: str
    role: str = ""
    email_address: Holder = Holder()

    def is_for(self, address: str) -> bool:
        """Whether it is the permission of this address; case does not matter."""
        return self.email_address.address.casefold() == address.casefold()


@dataclass(frozen=True)
class Calendars:
    """Default calendars of the tenant's users."""

    api: Api

    async def permissions(self, user_id: str) -> tuple[CalendarPermission, ...]:
        """Return who has which access to the calendar of this user.

        Raises:
            NotFound: there is no such user, or no mailbox in Exchange Online.
        """
        call = Call(
            method="GET",
            path=_path(user_id),
            permission=PERMISSIONS["calendars.permissions"],
            bucket="mail",
        )
        return tuple(CalendarPermission.of(item) for item in await everything(self.api, call))

    async def grant(self, user_id: str, holder: Holder, role: str) -> None:
        """Give somebody of the organisation, who has no permission yet, a role; the same again is fine.

        Raises:
            Conflict: the holder has another role already.
        """
        body = {
            "emailAddress": {"address": holder.address, "name": holder.name},
            "role": role,
            "isInsideOrganization": True,
            "isRemovable": True,
        }
        try:
            await self._write("POST", _path(user_id), "calendars.grant", body)
        except (Conflict, Refused):  # also what is answered when the first of two attempts took effect
            held = await self.permissions(user_id)
            if not any(one.is_for(holder.address) and one.role == role for one in held):
                raise

    async def set_role(self, user_id: str, permission_id: str, role: str) -> None:
        """Give a permission that is there another role."""
        await self._write("PATCH", _path(user_id, permission_id), "calendars.set_role", {"role": role})

    async def withdraw(self, user_id: str, permission_id: str) -> None:
        """Take a permission away; one that is gone is fine."""
        try:
            await self._write("DELETE", _path(user_id, permission_id), "calendars.withdraw", None)
        except NotFound:
            return

    async def _write(self, method: str, path: str, operation: str, body: object) -> None:
        await self.api.send(
            Call(
                method=method,
                path=path,
                json=body,
                repeatable=True,
                permission=PERMISSIONS[operation],
                bucket="mail",
            )
        )


def _path(user_id: str, permission_id: str = "") -> str:
    permissions = f"{user_path(user_id)}/calendar/calendarPermissions"
    return f"{permissions}/{segment(permission_id)}" if permission_id else permissions
