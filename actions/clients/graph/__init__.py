"""Microsoft Graph: the operations that actions, enrichment and resolving need, and no others."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from actions.clients.call import Answer, Call
from actions.clients.graph.applications import Applications
from actions.clients.graph.audits import Audits
from actions.clients.graph.batch import batch
from actions.clients.graph.calendars import Calendars
from actions.clients.graph.devices import Devices
from actions.clients.graph.factors import Factors
from actions.clients.graph.groups import Groups
from actions.clients.graph.licenses import Licenses
from actions.clients.graph.mail import Mail
from actions.clients.graph.mailboxes import Mailboxes
from actions.clients.graph.passes import Passes
from actions.clients.graph.person import Person, read_person
from actions.clients.graph.recent import RecentPeople
from actions.clients.graph.roles import Roles
from actions.clients.graph.users import Users
from actions.clients.http import Api
from actions.errors import OutsideError


@dataclass(frozen=True)
class GraphClient:
    """Graph, by subject: users, groups, licences, roles, factors, mail, mailboxes, calendars, apps."""

    api: Api
    recent: RecentPeople | None = None

    @property
    def users(self) -> Users:
        """Users and their properties."""
        return Users(self.api)

    @property
    def groups(self) -> Groups:
        """Groups and their members."""
        return Groups(self.api)

    @property
    def licenses(self) -> Licenses:
        """Licences and seats."""
        return Licenses(self.api)

    @property
    def roles(self) -> Roles:
        """Directory roles."""
        return Roles(self.api)

    @property
    def factors(self) -> Factors:
        """Sign-in methods besides the password."""
        return Factors(self.api)

    @property
    def mail(self) -> Mail:
        """Mail sent by us."""
        return Mail(self.api)

    @property
    def mailboxes(self) -> Mailboxes:
        """Settings of people's mailboxes."""
        return Mailboxes(self.api)

    @property
    def calendars(self) -> Calendars:
        """Calendars and who may see them."""
        return Calendars(self.api)

    @property
    def audits(self) -> Audits:
        """What the directory recorded of changes."""
        return Audits(self.api)

    @property
    def devices(self) -> Devices:
        """Devices in Intune and their BitLocker keys."""
        return Devices(self.api)

    @property
    def passes(self) -> Passes:
        """Temporary Access Passes."""
        return Passes(self.api)

    @property
    def applications(self) -> Applications:
        """App registrations, for the end of our own credentials."""
        return Applications(self.api)

    async def person(self, user_id: str) -> Person:
        """Return all that enrichment wants of a person, each part known or an error.

        That is one round trip, or none for somebody who was read a moment ago (see `live`).
        """
        if self.recent is None:
            return await read_person(self.api, user_id)
        return await self.recent.get(user_id, lambda one: read_person(self.api, one))

    def live(self) -> GraphClient:
        """Return the same client that reads everybody anew, for those who act on what they read."""
        return GraphClient(self.api)

    async def batch(self, calls: Sequence[Call]) -> list[Answer | OutsideError]:
        """Send several GETs in one round trip and return an answer or an error for each, in order."""
        return await batch(self.api, calls)

    def on_behalf_of(self, run_id: uuid.UUID) -> GraphClient:
        """Return the same client with `run_id` as the id of its requests."""
        return GraphClient(self.api.on_behalf_of(run_id))
