"""The workflow for tests, in process: the make-believe company, a clock moved by hand, and no job running."""

from __future__ import annotations

import functools
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from procrastinate import PsycopgConnector
from pydantic import SecretStr
from sqlalchemy import text

from actions.catalogue import load
from actions.contract import Action, RunContext, World
from actions.errors import Unreachable
from actions.vocabulary import Params
from models.model import Model
from tests.actions.stage import WORLD, Stage, staged
from tests.house import LABELS, ObedientModel
from triage.cli.company import site_of
from triage.domain.run import Run
from triage.domain.ticket import Ticket
from triage.halt import HaltSwitch
from triage.intake.accept import accept
from triage.intake.servicenow import read_ticket
from triage.playbooks.load import load_playbooks
from triage.policy.decide import Policy
from triage.proof_settings import VerifiedIdSettings
from triage.resolve.directory import read_directory
from triage.sandbox.faults import Rule, arm
from triage.sandbox.servicenow.play import put_in
from triage.sandbox.tenant import user_by_key
from triage.sandbox.verified_id import authority
from triage.secrets.sealer import Sealer
from triage.settings import CloudSettings, ServiceNowSettings, Settings
from triage.store import reviews, runs, tickets
from triage.store.engine import Database
from triage.store.memories import shared_memory
from triage.store.reviews import Review
from triage.store.tickets import StoredTicket
from triage.workflow.deciding import triage_ticket
from triage.workflow.jobs import job_app
from triage.workflow.names import FreshNames
from triage.workflow.runner import advance
from triage.workflow.services import Services
from triage.workflow.steps import Tools

_MOST_STEPS = 200
Execute = Callable[[World, Any, RunContext], Awaitable[None]]
KARIN, ELENA = "karin.wright@harborline.example", "elena.bianchi@harborline.example"
"""Karin works in Sales, in the cloud only; Elena leads Sales and is her manager."""

LICENCE = {
    "short_description": "A licence for Karin",
    "description": "Please assign the licence POWER_BI_PRO to karin.wright@harborline.example.",
    "caller_id": ELENA,
    "contact_type": "self-service",
}
"""Runs by itself: the manager asks for an add-on with free seats."""
OWN_LICENCE = {**LICENCE, "caller_id": KARIN}
"""Goes to review: the person asks for a licence that costs money."""
PASSWORD = {
    "short_description": "Forgot my password",
    "description": "I forgot my password, please reset it.",
    "caller_id": KARIN,
    "contact_type": "self-service",
}
"""Runs by itself: the caller's own ordinary account, in the cloud."""


@dataclass
class Lab:
    """The company and our service over it; nothing happens unless a test makes it happen."""

    stage: Stage
    services: Services
    all_heard: list[SecretStr] = field(default_factory=list)
    _real: dict[str, Action[Any]] = field(default_factory=dict)

    async def take_in(self, row: dict[str, str]) -> StoredTicket:
        """Put a ticket into ServiceNow and take it in from there."""
        played = put_in(self.stage.apps.instance, row)
        ticket = await read_ticket(self.stage.outside.servicenow, played.table, played.sys_id)
        return await self.accept(ticket)

    async def accept(self, ticket: Ticket) -> StoredTicket:
        """Take a ticket in as it is."""
        services = self.services
        async with services.engine.begin() as conn:
            taken = await accept(
                conn,
                services.queue,
                ticket,
                ticket_id=services.new_id(),
                now=services.clock(),
                actor="test",
            )
            return await tickets.get(conn, taken.id)

    async def decide(self, row: dict[str, str]) -> StoredTicket:
        """Take a ticket in and decide on it."""
        stored = await self.take_in(row)
        await triage_ticket(self.services, stored.id)
        return await self.ticket(stored.id)

    async def decide_again(self, ticket_id: uuid.UUID) -> None:
        """Decide on a ticket that was taken in."""
        await triage_ticket(self.services, ticket_id)

    async def ticket(self, ticket_id: uuid.UUID) -> StoredTicket:
        """Return the ticket as it is now."""
        async with self.services.engine.connect() as conn:
            return await tickets.get(conn, ticket_id)

    async def runs(self, ticket_id: uuid.UUID) -> tuple[Run, ...]:
        """Return the runs of a ticket."""
        async with self.services.engine.connect() as conn:
            return await runs.of_ticket(conn, ticket_id)

    async def review(self, ticket_id: uuid.UUID) -> Review:
        """Return the newest review of a ticket."""
        async with self.services.engine.connect() as conn:
            return (await reviews.of_ticket(conn, ticket_id))[0]

    async def finish(self, run: Run) -> Run:
        """Take steps, letting time pass where one is due later, until nothing more happens."""
        for _ in range(_MOST_STEPS):
            due = await advance(self.services, run.id)
            if due is None:
                break
            self.stage.time.now = max(self.stage.time.now, due)
        async with self.services.engine.connect() as conn:
            return await runs.get(conn, run.id)

    def pass_time(self, span: timedelta) -> None:
        """Let time pass."""
        self.stage.time.now += span

    async def waiting(self, task: str) -> int:
        """Count the jobs of this task that wait in the queue."""
        query = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = :task"
        async with self.services.engine.connect() as conn:
            found: int = (await conn.execute(text(query), {"task": task})).scalar_one()
        return found

    def user(self, upn: str) -> dict[str, Any]:
        """Return a person of the tenant."""
        user = user_by_key(self.stage.apps.tenant, upn)
        assert user is not None
        return user

    def give_licence(self, upn: str, part_number: str) -> None:
        """Let somebody else assign a licence."""
        skus = self.stage.apps.tenant.skus.values()
        sku = next(one for one in skus if one.part_number == part_number)
        self.user(upn)["assignedLicenses"].append({"skuId": sku.sku_id, "disabledPlans": []})

    def licences(self, upn: str) -> list[str]:
        """Return the part numbers of a person's licences."""
        skus = self.stage.apps.tenant.skus
        return [skus[one["skuId"]].part_number for one in self.user(upn)["assignedLicenses"]]

    def effects(self, what: str) -> int:
        """Count the changes in the tenant's own log whose name contains `what`."""
        words = {"licence": "license", "password": "password"}[what]
        return sum(words in change.what.casefold() for change in self.stage.apps.tenant.changes)

    def replace(self, name: str, execute: Execute) -> None:
        """Let an action do something else; `mend` puts it right again."""
        actions = cast("dict[str, Action[Any]]", self.services.tools.actions)
        self._real.setdefault(name, actions[name])
        actions[name] = replace(actions[name], execute=execute)

    def mend(self) -> None:
        """Let all actions do what they should again."""
        cast("dict[str, Action[Any]]", self.services.tools.actions).update(self._real)

    def sabotage(self, name: str, error: type[BaseException], *, after: bool) -> None:
        """Let the process die before or after the calls of an action."""
        real = self.services.tools.actions[name].execute

        async def execute(world: World, params: Params, context: RunContext) -> None:
            if after:
                await real(world, params, context)
            raise error

        self.replace(name, execute)

    def fail_after(self, name: str, *, calls: int) -> None:
        """Let an action work `calls` times and get no answer ever after."""
        real, left = self.services.tools.actions[name].execute, iter(range(calls))

        async def execute(world: World, params: Params, context: RunContext) -> None:
            if next(left, None) is None:
                raise Unreachable("nobody answers")
            await real(world, params, context)

        self.replace(name, execute)

    def pretend(self, name: str) -> None:
        """Let an action do nothing and say that it did."""

        async def execute(_world: World, _params: Params, _context: RunContext) -> None:
            return

        self.replace(name, execute)

    def listen(self, name: str) -> None:
        """Note every secret that an action is handed."""
        real = self.services.tools.actions[name].execute

        async def execute(world: World, params: Params, context: RunContext) -> None:
            assert context.secret is not None
            self.all_heard.append(context.secret)
            await real(world, params, context)

        self.replace(name, execute)

    @property
    def heard(self) -> SecretStr:
        """The one secret that was heard."""
        (heard,) = {one.get_secret_value() for one in self.all_heard}
        return SecretStr(heard)

    def silence(self, path: str) -> None:
        """Let Graph not answer calls to `path`, for good."""
        rule = {"app": "graph", "method": "POST", "path": path, "effect": "drop_before", "times": None}
        arm(self.stage.apps.faults, [Rule.model_validate(rule)])


@pytest.fixture
async def lab(database: Database, tmp_path: Path) -> AsyncIterator[Lab]:
    """The company as founded, and our service over it with a model that obeys `LABELS`."""
    stage = staged()
    yield opened(stage, database, tmp_path)
    await stage.outside.close()


def opened(stage: Stage, database: Database, folder: Path) -> Lab:
    """Return our service over the company of `stage`; its queue can be asked for jobs once it is opened."""
    site = site_of(WORLD)
    clock = stage.time.clock
    settings = Settings(
        data_dir=folder,
        cloud=CloudSettings(mail_sender="servicedesk@harborline.example"),
        servicenow=ServiceNowSettings(approvals=True),
        verified_id=VerifiedIdSettings(authority=authority(stage.apps.tenant)),
    )
    tools = Tools(
        model=lambda: cast("Model", ObedientModel(LABELS)),
        playbooks=load_playbooks(),
        policy=shipped_policy(),
        actions=load(),
        reading=stage.reading,
        directory=FreshNames(lambda: read_directory(stage.reading.graph, site), timedelta(minutes=5), clock),
        memory=shared_memory(database.engine),
        switch=HaltSwitch(database.engine, folder),
        site=site,
    )
    services = Services(
        settings=settings,
        clock=clock,
        engine=database.engine,
        queue=job_app(PsycopgConnector(conninfo=database.dsn), settings),
        tools=tools,
        acting=stage.outside.writing,
        sealer=Sealer(bytes(32)),
        servicenow=stage.outside.servicenow,
        verified_id=stage.outside.verified_id,
    )
    return Lab(stage, services)


@functools.cache
def shipped_policy() -> Policy:
    """Return the policy as shipped, which is read and validated once: it is frozen."""
    return Policy.load()
