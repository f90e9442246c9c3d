"""Our own app registration: which credentials it has and when they end."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime

from actions.clients.call import Call
from actions.clients.graph.odata import literal, segment, select
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import Read
from actions.clients.http import Api


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


class Registration(Read):
    """An app registration with its credentials (graph.md section 3)."""

    app_id: str
    display_name: str = ""
    password_credentials: tuple[Credential, ...] = ()
    key_credentials: tuple[Credential, ...] = ()


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
