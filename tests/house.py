"""The whole house for tests: the make-believe company on loopback, our service over it, an obedient model."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from models.model import Model
from models.prediction import Prediction
from models.text import TicketText
from training.company import harborline
from triage.app import build
from triage.cli.sandbox import write_site
from triage.domain.run import Run
from triage.sandbox.endpoints import settings as sandbox_settings
from triage.sandbox.server import Sandbox, running
from triage.sandbox.servicenow.history import Author
from triage.sandbox.servicenow.instance import Row
from triage.sandbox.servicenow.play import Played, put_in
from triage.sandbox.servicenow.writing import update
from triage.sandbox.tenant import user_by_key
from triage.settings import load_settings
from triage.store import decisions, notes, reviews, runs, tickets
from triage.store.decisions import StoredDecision
from triage.store.reviews import Review
from triage.store.tickets import StoredTicket
from triage.workflow.jobs import work
from triage.workflow.services import Services

_PATIENCE_SECONDS = 30.0


@dataclass
class ObedientModel:
    """A model that says what a test told it, by words of the subject; all else is `other`."""

    labels: Mapping[str, str] = field(default_factory=dict)
    version: str = "obedient"

    def predict(self, texts: Sequence[TicketText]) -> list[Prediction]:
        """Return the label of the first words found in each subject, as sure as can be."""
        return [self._one(text) for text in texts]

    def _one(self, text: TicketText) -> Prediction:
        known = [label for words, label in self.labels.items() if words in text.short_description]
        label = known[0] if known else "other"
        return Prediction(
            label=label, confidence=0.99, accepted=bool(known), novelty=0.0, model=self.version, trust=0.99
        )


def obey(services: Services, labels: Mapping[str, str]) -> Services:
    """Return the services with a model that gives these labels to subjects with these words."""
    model = cast("Model", ObedientModel(labels))
    return replace(services, tools=replace(services.tools, model=lambda: model))


LABELS = {
    "Somebody new": "user_onboarding",
    "give up": "license_remove",
    "leave": "group_remove_member",
    "office": "profile_update",
    "away": "automatic_replies",
    "calendar": "calendar_permission",
    "second factor": "mfa_reset",
    "misused": "account_compromised",
    "folder": "file_share_access",
    "password": "password_reset",
    "locked": "account_unlock",
    "licence": "license_assign",
    "group": "group_add_member",
    "restart": "service_restart",
}


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """The make-believe company on loopback, as founded, with quick hybrid workers."""
    async with running(harborline(), tmp_path / "sandbox", pace=timedelta(milliseconds=20)) as served:
        yield served


@pytest.fixture
def environment(
    sandbox: Sandbox, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The settings with which our service reaches the company, set for this process too."""
    found = {
        **sandbox_settings(sandbox.apps.tenant, sandbox.endpoints),
        "TRIAGE_DATA_DIR": str(tmp_path / "var"),
        "TRIAGE_SITE_FILE": str(write_site(harborline(), tmp_path)),
        "TRIAGE_DATABASE_URL": database_url,
        "TRIAGE_SERVICENOW__POLL_EVERY": "PT1S",
    }
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
async def services(environment: dict[str, str]) -> AsyncIterator[Services]:
    """Our service over the company, no job running; its model obeys `LABELS`."""
    async with build(load_settings()) as built:
        yield obey(built, LABELS)


@dataclass(frozen=True)
class House:
    """The company and our service at work in it."""

    sandbox: Sandbox
    services: Services

    def play(self, **row: str) -> Played:
        """Put a ticket into ServiceNow."""
        return put_in(self.sandbox.apps.instance, row)

    def record(self, played: Played) -> Row:
        """Return the ticket as ServiceNow has it now."""
        return self.sandbox.apps.instance.tables[played.table][played.sys_id]

    def journal(self, played: Played, element: str) -> list[str]:
        """Return the ticket's work notes or comments, oldest first."""
        entries = self.sandbox.apps.instance.tables["sys_journal_field"].values()
        return [
            one["value"]
            for one in entries
            if one["element_id"] == played.sys_id and one["element"] == element
        ]

    def comment(self, played: Played, user: str, text: str) -> None:
        """Let a person say something in the ticket."""
        instance = self.sandbox.apps.instance
        update(instance, played.table, self.record(played), {"comments": text}, Author(user))

    def licences(self, upn: str) -> list[str]:
        """Return the part numbers of the licences a person has in the tenant."""
        tenant = self.sandbox.apps.tenant
        user = user_by_key(tenant, upn)
        assert user is not None
        return [tenant.skus[one["skuId"]].part_number for one in user["assignedLicenses"]]

    async def settled(self, played: Played, *, after: Case | None = None) -> Case:
        """Wait until the ticket (at a revision `after` that of another case) is settled; return its case."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                case = await self.case(played)
                old = after is not None and case is not None and case.stored.id == after.stored.id
                if case is not None and not old and case.stored.state.settled:
                    return case
                await asyncio.sleep(0.05)

    async def written(self, case: Case) -> None:
        """Wait until everything said about the ticket stands in it."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                async with self.services.engine.connect() as conn:
                    if not await notes.unwritten(conn, case.stored.id):
                        return
                await asyncio.sleep(0.05)

    async def stored(self, ticket_id: uuid.UUID) -> StoredTicket:
        """Return the ticket of our id."""
        async with self.services.engine.connect() as conn:
            return await tickets.get(conn, ticket_id)

    async def case(self, played: Played) -> Case | None:
        """Return what is stored about the ticket's newest revision; `None` before it was taken in."""
        async with self.services.engine.connect() as conn:
            found = await tickets.by_number(conn, played.number)
            if not found:
                return None
            ticket_id = found[0].id
            return Case(
                found[0],
                await decisions.of_ticket(conn, ticket_id),
                await reviews.of_ticket(conn, ticket_id),
                await runs.of_ticket(conn, ticket_id),
            )


@dataclass(frozen=True)
class Case:
    """All that is stored about one ticket: decisions and reviews newest first, runs oldest first."""

    stored: StoredTicket
    decisions: tuple[StoredDecision, ...]
    reviews: tuple[Review, ...]
    runs: tuple[Run, ...]


@pytest.fixture
async def house(sandbox: Sandbox, services: Services) -> AsyncIterator[House]:
    """The company with our service at work: it polls, decides, runs and writes back."""
    worker = asyncio.create_task(work(services))
    yield House(sandbox, services)
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker
