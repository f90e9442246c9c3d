"""The whole house for tests: the make-believe company on loopback, our service over it, a model that obeys."""

from __future__ import annotations

import asyncio
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
from triage.domain.ticket import Ticket
from triage.sandbox.endpoints import settings as sandbox_settings
from triage.sandbox.server import Sandbox, running
from triage.sandbox.servicenow.instance import Row
from triage.sandbox.servicenow.play import Played, put_in
from triage.settings import load_settings
from triage.store import decisions, reviews, runs, tickets
from triage.store.decisions import StoredDecision
from triage.store.reviews import Review
from triage.store.tickets import StoredTicket
from triage.domain.run import Run
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

    async def settled(self, played: Played) -> Case:
        """Wait until the ticket is settled, and return all that is stored about it."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                case = await self.case(played)
                if case is not None and case.stored.state.settled:
                    return case
                await asyncio.sleep(0.05)

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
