"""Our own app registration: which credentials it has, when they end, and putting a new secret beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import AwareDatetime, SecretStr

from actions.clients.call import Call, Json
from actions.clients.graph.odata import literal, segment, select
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import Read
from actions.clients.http import Api
from actions.errors import Unreachable


class Credential(Read):
    """A client secret or a certificate of a registration.

    Attributes:
        hint: the first three characters of a secret; a certificate has none.
    """

    key_id: str
    display_name: str = ""
    hint: str = ""
    start_date_time: AwareDatetime | None = None
    end_date_time: AwareDatetime


class Claim(Read):
    """A claim that tokens are to carry though they need not."""

    name: str = ""


class Claims(Read):
    """Which optional claims a registration asks for; the contract says nothing of them (unverified)."""

    id_token: tuple[Claim, ...] = ()


class Registration(Read):
    """An app registration with its credentials (graph.md section 3)."""

    id: str
    app_id: str
    display_name: str = ""
    password_credentials: tuple[Credential, ...] = ()
    key_credentials: tuple[Credential, ...] = ()
    optional_claims: Claims | None = None


@dataclass(frozen=True)
class NewSecret:
    """A client secret that was just made; its value is told this once and never again."""

    key_id: str
    ends: datetime
    value: SecretStr = field(repr=False)


@dataclass(frozen=True)
class Applications:
    """App registrations of the tenant."""

    api: Api

    async def registration(self, client_id: str) -> Registration:
        """Return the registration of this application (client) id.

        Raises:
            NotFound: there is none.
            Forbidden: we may not see it; seeing our own costs a permission of its own.
        """
        call = Call(
            method="GET",
            path=f"/applications(appId='{segment(literal(client_id))}')",
            params={"$select": select(Registration.fields())},
            permission=PERMISSIONS["applications.registration"],
        )
        return Registration.of((await self.api.send(call)).object)

    async def add_secret(self, object_id: str, name: str, ends: datetime) -> NewSecret:
        """Make a new client secret, named `name`, that ends then (aware), and return it with its value.

        Twice makes two: whoever does not know whether it worked looks for the name (graph.md section 10).

        Raises:
            Forbidden: our identity does not own the registration.
            OutcomeUnknown: one may have been made whose value nobody knows.
        """
        wanted = {"displayName": name, "endDateTime": ends.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        made = (
            await self.api.send(self._change(object_id, "add_secret", {"passwordCredential": wanted}))
        ).object
        credential = Credential.of(made)
        value = made.get("secretText")
        if not isinstance(value, str) or not value:
            raise Unreachable(
                "Graph made a client secret and told no value.", hint="It is removed and made anew."
            )
        return NewSecret(credential.key_id, credential.end_date_time, SecretStr(value))

    async def remove_secret(self, object_id: str, key_id: str) -> None:
        """Remove a client secret; tokens got with it before stay good."""
        await self.api.send(self._change(object_id, "remove_secret", {"keyId": key_id}))

    def _change(self, object_id: str, operation: str, body: Json) -> Call:
        return Call(
            method="POST",
            path=f"/applications/{segment(object_id)}/{_VERBS[operation]}",
            json=body,
            permission=PERMISSIONS[f"applications.{operation}"],
        )


_VERBS = {"add_secret": "addPassword", "remove_secret": "removePassword"}
