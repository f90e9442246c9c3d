"""How somebody may sign in besides the password: phones, apps, keys (graph.md section 4.2)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime, Field

from actions.clients.call import Call
from actions.clients.graph.odata import segment, user_path
from actions.clients.graph.pages import everything
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import Read
from actions.clients.http import Api
from actions.errors import NotFound, Refused


@dataclass(frozen=True)
class Kind:
    """A kind of method that can be removed: its name for people, its collection, the operation's name."""

    name: str
    collection: str
    operation: str


_PREFIX = "#microsoft.graph."
_PASSWORD = "passwordAuthenticationMethod"  # noqa: S105 - the name of a kind
_KINDS = {
    "phoneAuthenticationMethod": Kind("phone", "phoneMethods", "factors.remove_phone"),
    "microsoftAuthenticatorAuthenticationMethod": Kind(
        "Microsoft Authenticator", "microsoftAuthenticatorMethods", "factors.remove_app"
    ),
    "softwareOathAuthenticationMethod": Kind(
        "code generator", "softwareOathMethods", "factors.remove_generator"
    ),
    "fido2AuthenticationMethod": Kind("passkey", "fido2Methods", "factors.remove_passkey"),
    "emailAuthenticationMethod": Kind("recovery mail address", "emailMethods", "factors.remove_mail"),
    "windowsHelloForBusinessAuthenticationMethod": Kind(
        "Windows Hello", "windowsHelloForBusinessMethods", "factors.remove_hello"
    ),
}
REMOVALS = tuple(kind.operation for kind in _KINDS.values())
"""The operations that remove one method each, by kind, as `PERMISSIONS` names them."""


class Factor(Read):
    """A method to sign in; `display_name` is what the person called it, where there is a name.

    When it was made is told for some kinds only; the contract says nothing of it (unverified).
    """

    id: str
    type: str = Field(default="", validation_alias="@odata.type")
    display_name: str = ""
    created_date_time: AwareDatetime | None = None

    @property
    def kind(self) -> Kind | None:
        """How it is removed; `None` for a kind we have no permission to remove."""
        return _KINDS.get(self.type.removeprefix(_PREFIX))

    @property
    def told(self) -> str:
        """What people call it, with the name its owner gave it."""
        name = self.kind.name if self.kind else self.type.removeprefix(_PREFIX)
        return f"{name} {self.display_name}".strip()


@dataclass(frozen=True)
class Factors:
    """Sign-in methods of the tenant's users."""

    api: Api

    async def of_user(self, user_id: str) -> tuple[Factor, ...]:
        """Return every method of this user but the password, which cannot be removed."""
        call = Call(
            method="GET",
            path=f"{user_path(user_id)}/authentication/methods",
            permission=PERMISSIONS["factors.of_user"],
        )
        found = [Factor.of(item) for item in await everything(self.api, call)]
        return tuple(one for one in found if one.type != _PREFIX + _PASSWORD)

    async def remove(self, user_id: str, factors: tuple[Factor, ...]) -> None:
        """Remove these methods; one that is gone is fine.

        The default method, which the list does not tell, can only go last: what is refused is tried again.

        Raises:
            Refused: a method cannot be removed; the others are gone.
            Forbidden: a permission is missing, or the person is an administrator.
        """
        refused = []
        for factor in factors:
            try:
                await self._remove(user_id, factor)
            except Refused:
                refused.append(factor)
        for factor in refused:
            await self._remove(user_id, factor)

    async def _remove(self, user_id: str, factor: Factor) -> None:
        kind = factor.kind
        if kind is None:
            raise Refused(
                f"A {factor.told} cannot be removed by us.",
                hint="An Authentication Administrator removes it in the Entra admin centre.",
                subject=f"user {user_id}",
            )
        path = f"{user_path(user_id)}/authentication/{kind.collection}/{segment(factor.id)}"
        permission = PERMISSIONS[kind.operation]
        try:
            await self.api.send(Call(method="DELETE", path=path, repeatable=True, permission=permission))
        except NotFound:
            return
