"""Groups and their direct members."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from actions.clients.call import Call, Json
from actions.clients.graph.odata import EVENTUAL, guid, literal, segment, select, user_path
from actions.clients.graph.pages import everything, items
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import DirectoryUser, Group
from actions.clients.http import Api
from actions.errors import Forbidden, NotFound, Refused


def get_groups_of(user_id: str) -> Call:
    """Ask for all groups somebody is in, directly or through others."""
    return Call(
        method="GET",
        path=f"{user_path(user_id)}/transitiveMemberOf/microsoft.graph.group",
        params={"$select": select(Group.fields()), "$count": "true", "$top": "999"},
        headers=EVENTUAL,
        permission=PERMISSIONS["groups.of_user"],
    )


_USER = "#microsoft.graph.user"


def seen_whole(items: Iterable[Json]) -> tuple[Group, ...]:
    """Read groups somebody is in, refusing to guess about those that are shown by id only.

    Without the right to read groups Graph gives nothing but ids, and a group that can hold directory roles
    would look like any other.

    Raises:
        Forbidden: a group's properties are hidden from us.
    """
    groups = tuple(Group.of(item) for item in items)
    if any(group.display_name is None or group.group_types is None for group in groups):
        permission = PERMISSIONS["groups.of_user"]
        raise Forbidden(
            "Microsoft Graph does not show us what groups somebody is in.",
            hint=f"A Privileged Role Administrator must grant the application permission {permission}.",
            code="hidden_groups",
        )
    return groups


@dataclass(frozen=True)
class Groups:
    """Groups of the tenant."""

    api: Api

    async def get(self, group_id: str) -> Group:
        """Return the group with this object id.

        Raises:
            NotFound: there is none.
        """
        params = {"$select": select(Group.fields())}
        call = Call(method="GET", path=_path(group_id), params=params, permission=PERMISSIONS["groups.get"])
        return Group.of((await self.api.send(call)).object)

    async def named(self, display_name: str) -> tuple[Group, ...]:
        """Return the groups of this display name; Entra does not keep it unique."""
        params = {
            "$filter": f"displayName eq '{literal(display_name)}'",
            "$select": select(Group.fields()),
        }
        call = Call(method="GET", path="/groups", params=params, permission=PERMISSIONS["groups.named"])
        return tuple(Group.of(item) for item in await everything(self.api, call))

    async def with_license(self, sku_id: str) -> tuple[Group, ...]:
        """Return the groups whose members get this licence."""
        params = {
            "$filter": f"assignedLicenses/any(l:l/skuId eq {guid(sku_id)})",
            "$select": select(Group.fields()),
        }
        call = Call(
            method="GET", path="/groups", params=params, permission=PERMISSIONS["groups.with_license"]
        )
        return tuple(Group.of(item) for item in await everything(self.api, call))

    async def everything(self) -> AsyncIterator[Group]:
        """Yield all groups of the tenant, 999 a page, for the directory snapshot."""
        params = {"$select": select(Group.fields()), "$top": "999"}
        call = Call(method="GET", path="/groups", params=params, permission=PERMISSIONS["groups.everything"])
        async for item in items(self.api, call):
            yield Group.of(item)

    async def owners(self, group_id: str) -> tuple[DirectoryUser, ...]:
        """Return the owners that are users."""
        return await self._people(group_id, "owners")

    async def members(self, group_id: str) -> tuple[DirectoryUser, ...]:
        """Return the direct members that are users."""
        return await self._people(group_id, "members")

    async def of_user(self, user_id: str) -> tuple[Group, ...]:
        """Return all groups somebody is in, directly or through others; an index that lags behind writes."""
        return seen_whole(await everything(self.api, get_groups_of(user_id)))

    async def is_member(self, group_id: str, user_id: str) -> bool:
        """Tell whether somebody is a direct member, read where own writes are seen at once."""
        call = Call(
            method="GET",
            path=f"{_path(group_id)}/members/{segment(user_id)}",
            params={"$select": "id"},
            permission=PERMISSIONS["groups.is_member"],
        )
        try:
            await self.api.send(call)
        except NotFound:
            return False
        return True

    async def add_member(self, group_id: str, user_id: str) -> None:
        """Make somebody a member; already being one is fine.

        Raises:
            Refused: a dynamic, synced or mail-enabled group.
            Forbidden: a role-assignable group, or the permission is missing.
        """
        reference = f"{self.api.service.base_url}/directoryObjects/{segment(user_id)}"
        call = Call(
            method="POST",
            path=f"{_path(group_id)}/members/$ref",
            json={"@odata.id": reference},
            repeatable=True,
            permission=PERMISSIONS["groups.add_member"],
        )
        try:
            await self.api.send(call)
        except Refused:  # one code for "already a member" and for real refusals (graph.md section 7)
            if not await self.is_member(group_id, user_id):
                raise

    async def remove_member(self, group_id: str, user_id: str) -> None:
        """Take somebody out; not being a member is fine."""
        call = Call(
            method="DELETE",
            path=f"{_path(group_id)}/members/{segment(user_id)}/$ref",
            repeatable=True,
            permission=PERMISSIONS["groups.remove_member"],
        )
        try:
            await self.api.send(call)
        except NotFound:
            return

    async def _people(self, group_id: str, whose: str) -> tuple[DirectoryUser, ...]:
        call = Call(
            method="GET",
            path=f"{_path(group_id)}/{whose}",
            params={"$select": select(DirectoryUser.fields()), "$top": "999"},
            permission=PERMISSIONS[f"groups.{whose}"],
        )
        objects = await everything(self.api, call)
        return tuple(DirectoryUser.of(one) for one in objects if one.get("@odata.type") == _USER)


def _path(group_id: str) -> str:
    return f"/groups/{segment(group_id)}"
