"""The service without effects, network or database: what `triage replay` decides with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from actions.catalogue import load
from actions.clients.gate import InMemoryGate
from actions.clients.pacing import Pacing
from actions.connect import Places, connect
from actions.vocabulary import Tier
from models.model import Model
from training.company import World
from triage.cli.company import site_of
from triage.domain.decision import Verdict
from triage.domain.ticket import Ticket
from triage.memory import Event, InMemoryMemory
from triage.playbooks.load import load_playbooks
from triage.policy.decide import Policy
from triage.resolve.directory import Directory, read_directory
from triage.sandbox.apps import Apps, apps, service_token
from triage.sandbox.endpoints import settings as sandbox_settings
from triage.sandbox.in_process import InProcess, endpoints_in_process
from triage.settings import CloudSettings
from triage.workflow.ask import ask_of
from triage.workflow.steps import Consideration, Tools, consider


@dataclass
class Hands:
    """A clock that stands where it is put."""

    now: datetime = field(default_factory=lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def __call__(self) -> datetime:
        """Return the instant it was put to."""
        return self.now


@dataclass(frozen=True)
class Rehearsal:
    """Decides on tickets one after the other, with one make-believe clock and memory."""

    tools: Tools
    hands: Hands

    async def decide(self, ticket: Ticket, *, corrected: str | None = None) -> Consideration:
        """Decide on `ticket` as of when it was opened, and remember it; `corrected` is a person's label.

        What would run by itself counts as done, everything else as open. In a file that is not in order of
        time the clock goes back too: memory tells only what was before.
        """
        self.hands.now = ticket.opened_at
        found = await consider(ticket, self.tools, self.hands.now, corrected=corrected)
        ask = ask_of(ticket, found.request, found.facts, found.decision.action)
        event = Event.DONE if found.decision.verdict is Verdict.AUTO else Event.ASKED
        await ask.remember(self.tools.memory, event, self.hands.now)
        return found


@asynccontextmanager
async def rehearsal(
    world: World, model: Model, policy: Policy, own: Path | None = None
) -> AsyncIterator[Rehearsal]:
    """Found the company of `world` in process and put the production code over it.

    `own` is the folder of the site's own playbooks; `policy` has to hold the rules about their labels.
    """
    hands = Hands()
    made = apps(world, hands)
    transport = InProcess(made)
    outside = connect(
        _places(made),
        tokens=_Tokens(made),
        servicenow_tokens=_Tokens(made),
        gate=InMemoryGate(),
        pacing=Pacing(hands),
        transport=transport,
    )
    site = site_of(world)
    directory = await read_directory(outside.reading.graph, site)

    async def names() -> Directory:
        return directory

    tools = Tools(
        model=lambda: model,
        playbooks=load_playbooks(own),
        policy=policy,
        actions=load(),
        reading=outside.reading,
        directory=names,
        memory=InMemoryMemory(),
        switch=_NeverHalted(),
        site=site,
    )
    try:
        yield Rehearsal(tools, hands)
    finally:
        await outside.close()


class _NeverHalted:
    """The kill switch of a world in which nothing has effects."""

    async def stops(self, action: str, tier: Tier, label: str) -> bool:  # noqa: ARG002 - as the real one
        """Say no."""
        return False


@dataclass(frozen=True)
class _Tokens:
    """Tokens straight from the sandbox's issuer, by its make-believe clock."""

    made: Apps

    async def token(self, scope: str, *, claims: str = "") -> str:  # noqa: ARG002 - as MSAL's
        """Return a fresh token for the resource of `scope`."""
        return service_token(self.made, scope.removesuffix("/.default"))

    async def forget(self, scope: str) -> None:
        """Keep none, so there is none to forget."""


def _places(made: Apps) -> Places:
    endpoints, scopes = endpoints_in_process(made), CloudSettings()
    given = sandbox_settings(made.tenant, endpoints)
    return Places(
        graph_url=endpoints.graph,
        graph_scope=scopes.graph_scope,
        arm_url=endpoints.arm,
        arm_scope=scopes.arm_scope,
        vault_url=endpoints.vault,
        vault_scope=scopes.vault_scope,
        servicenow_url=endpoints.servicenow,
        subscription_id=given["TRIAGE_CLOUD__SUBSCRIPTION_ID"],
        resource_group=given["TRIAGE_CLOUD__RESOURCE_GROUP"],
        automation_account=given["TRIAGE_CLOUD__AUTOMATION_ACCOUNT"],
        worker_group=given["TRIAGE_CLOUD__WORKER_GROUP"],
    )
