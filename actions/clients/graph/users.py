"""Users: reading them, and the few properties that are changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue, SecretStr

from actions.clients.call import Call, Json
from actions.clients.graph.odata import literal, segment, select, user_path
from actions.clients.graph.pages import everything, items
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import DirectoryUser, ListedUser, Read, SignIn, User
from actions.clients.http import Api
from actions.errors import NotFound


class SignInHolder(Read):
    """The part of a user that tells when they signed in."""

    sign_in_activity: SignIn = SignIn()

    @property
    def last(self) -> datetime | None:
        """The last successful sign-in, where that is not told the last one tried; `None` for never."""
        seen = self.sign_in_activity
        return seen.last_successful_sign_in_date_time or seen.last_sign_in_date_time


def get_user(key: str) -> Call:
    """Ask for one user by object id or UPN."""
    return Call(
        method="GET",
        path=user_path(key),
        params={"$select": select(User.fields())},
        permission=PERMISSIONS["users.get"],
    )


def get_manager(user_id: str) -> Call:
    """Ask for a user's manager; 404 means that there is none."""
    return Call(
        method="GET",
        path=f"{user_path(user_id)}/manager",
        params={"$select": select(DirectoryUser.fields())},
        permission=PERMISSIONS["users.manager"],
    )


def get_sign_in(user_id: str) -> Call:
    """Ask when somebody signed in; the key must be the object id (graph.md section 3)."""
    return Call(
        method="GET",
        path=user_path(user_id),
        params={"$select": "id,signInActivity"},
        permission=PERMISSIONS["users.last_sign_in"],
    )


def _listed(params: Mapping[str, str]) -> Call:
    """Ask for users with whom they report to."""
    return Call(
        method="GET",
        path="/users",
        params={"$select": select(ListedUser.fields()), "$expand": "manager($select=id)", **params},
        permission=PERMISSIONS["users.everyone"],
    )


@dataclass(frozen=True)
class Users:
    """Users of the tenant."""

    api: Api

    async def get(self, key: str) -> User:
        """Return the user with this object id or UPN.

        Raises:
            NotFound: there is none.
        """
        return User.of((await self.api.send(get_user(key))).object)

    async def find_by_address(self, address: str) -> tuple[User, ...]:
        """Return who has this UPN, mail address or alias; two hits or more: never choose."""
        value = literal(address)
        return await self._find(
            f"userPrincipalName eq '{value}' or mail eq '{value}'"
            f" or proxyAddresses/any(p:p eq 'smtp:{value}')"
        )

    async def find_by_employee_id(self, employee_id: str) -> tuple[User, ...]:
        """Return who has this employee id; Entra does not keep it unique."""
        return await self._find(f"employeeId eq '{literal(employee_id)}'")

    async def everyone(self) -> AsyncIterator[ListedUser]:
        """Yield all users of the tenant, 999 a page, for the directory snapshot."""
        async for item in items(self.api, _listed({"$top": "999"})):
            yield ListedUser.of(item)

    async def of_department(self, department: str) -> tuple[ListedUser, ...]:
        """Return the users of a department."""
        call = _listed({"$filter": f"department eq '{literal(department)}'", "$top": "999"})
        return tuple(ListedUser.of(item) for item in await everything(self.api, call))

    async def manager(self, user_id: str) -> DirectoryUser | None:
        """Return a user's manager, or `None`."""
        try:
            return DirectoryUser.of((await self.api.send(get_manager(user_id))).object)
        except NotFound:
            return None

    async def last_sign_in(self, user_id: str) -> datetime | None:
        """Return the last successful sign-in; hours behind, and `None` for those who never did."""
        return SignInHolder.of((await self.api.send(get_sign_in(user_id))).object).last

    async def set_password(self, user_id: str, password: SecretStr) -> None:
        """Set a password that must be changed at the next sign-in; not repeatable.

        Raises:
            Refused: a synced account, or the password is too weak.
            Forbidden: the permission is missing, or the target is an administrator.
            OutcomeUnknown: no answer; `last_password_change_date_time` tells.
        """
        profile = {"forceChangePasswordNextSignIn": True, "password": password.get_secret_value()}
        await self.api.send(
            Call(
                method="PATCH",
                path=user_path(user_id),
                json={"passwordProfile": profile},
                permission=PERMISSIONS["users.set_password"],
            )
        )

    async def set_enabled(self, user_id: str, *, enabled: bool) -> None:
        """Allow or block sign-in."""
        await self._send("PATCH", user_path(user_id), "users.set_enabled", {"accountEnabled": enabled})

    async def update(self, user_id: str, changes: Mapping[str, JsonValue]) -> None:
        """Set properties by Graph's names; `None` clears one. Synced ones are refused."""
        await self._send("PATCH", user_path(user_id), "users.update", dict(changes))

    async def create(self, properties: Mapping[str, JsonValue], password: SecretStr) -> None:
        """Create an account with a password that must be changed at the first sign-in; not repeatable.

        Args:
            properties: by Graph's names; at least displayName, mailNickname and userPrincipalName.
            password: its first password.

        Raises:
            Refused: the name is taken, its domain is not ours, or the password is too weak.
            OutcomeUnknown: no answer; asking for the name tells.
        """
        profile = {"forceChangePasswordNextSignIn": True, "password": password.get_secret_value()}
        body = {"accountEnabled": True, **properties, "passwordProfile": profile}
        await self.api.send(
            Call(method="POST", path="/users", json=body, permission=PERMISSIONS["users.create"])
        )

    async def invite(self, mail: str, display_name: str | None) -> None:
        """Invite a guest, to whom Entra sends a mail each time; who was invited before stays the same guest.

        Raises:
            OutcomeUnknown: no answer; asking for the address tells.
            Refused: the tenant takes no guests of that domain.
        """
        body: Json = {
            "invitedUserEmailAddress": mail,
            "inviteRedirectUrl": "https://myapplications.microsoft.com",
            "sendInvitationMessage": True,
        }
        named = {"invitedUserDisplayName": display_name} if display_name else {}
        call = Call(
            method="POST", path="/invitations", json=body | named, permission=PERMISSIONS["users.invite"]
        )
        await self.api.send(call)

    async def delete(self, user_id: str) -> None:
        """Delete an account, which Entra keeps for 30 days; one that is gone is fine."""
        with suppress(NotFound):
            await self._send("DELETE", user_path(user_id), "users.delete")

    async def set_manager(self, user_id: str, manager_id: str) -> None:
        """Let somebody report to this manager."""
        reference = f"{self.api.service.base_url}/users/{segment(manager_id)}"
        path = f"{user_path(user_id)}/manager/$ref"
        await self._send("PUT", path, "users.set_manager", {"@odata.id": reference})

    async def remove_manager(self, user_id: str) -> None:
        """Let somebody report to nobody; who does already is fine."""
        with suppress(NotFound):
            await self._send("DELETE", f"{user_path(user_id)}/manager/$ref", "users.remove_manager")

    async def revoke_sessions(self, user_id: str) -> None:
        """Make refresh tokens and session cookies worthless; tokens already out live on for up to an hour."""
        await self._send("POST", f"{user_path(user_id)}/revokeSignInSessions", "users.revoke_sessions")

    async def _find(self, where: str) -> tuple[User, ...]:
        params = {"$filter": where, "$select": select(User.fields())}
        call = Call(
            method="GET", path="/users", params=params, permission=PERMISSIONS["users.find_by_address"]
        )
        return tuple(User.of(item) for item in await everything(self.api, call))

    async def _send(self, method: str, path: str, operation: str, body: Json | None = None) -> None:
        """Send a write that asks for a state, so that sending it again does no harm."""
        await self.api.send(
            Call(method=method, path=path, json=body, repeatable=True, permission=PERMISSIONS[operation])
        )
