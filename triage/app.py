"""Builds the service from its settings: the only place where all parts meet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import yaml
from procrastinate import PsycopgConnector
from pydantic import ValidationError

from actions.catalogue import load
from actions.clients.gate import Gate
from actions.clients.pacing import Pacing
from actions.connect import Outside, connect, network
from models.errors import NoModel
from models.model import Model
from models.registry import NEXT_STEP, Registry
from triage.access import authority_client, entra_tokens, places, servicenow_tokens, shared_tokens
from triage.clock import Clock, system_clock
from triage.domain.site import Site
from triage.errors import NotConfigured
from triage.halt import HaltSwitch
from triage.playbooks.load import load_playbooks
from triage.playbooks.rules import rules_of
from triage.policy.decide import Policy
from triage.resolve.directory import read_directory
from triage.secrets.sealer import load_sealer
from triage.settings import Settings
from triage.store.engine import Database, open_database
from triage.store.gates import PostgresGate
from triage.store.memories import shared_memory
from triage.workflow.jobs import job_app
from triage.workflow.names import FreshNames
from triage.workflow.services import Services
from triage.workflow.steps import Tools

__all__ = ["Services", "build"]

_QUEUE_CONNECTIONS = 4
_QUEUE_PATIENCE_SECONDS = 5.0


@asynccontextmanager
async def build(settings: Settings, *, clock: Clock = system_clock) -> AsyncIterator[Services]:
    """Open the database, bring its schema up to date and build every part; close all at the end.

    Nothing outside is called yet, and no job runs: `triage.workflow.jobs.work` does that.

    Raises:
        NotConfigured: a setting is missing or wrong; the message names it.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings))
        outside = await stack.enter_async_context(_outside(settings, database, clock))
        connector = PsycopgConnector(
            conninfo=database.dsn, min_size=1, max_size=_QUEUE_CONNECTIONS, timeout=_QUEUE_PATIENCE_SECONDS
        )
        queue = job_app(connector, settings)
        await stack.enter_async_context(queue.open_async())
        yield Services(
            settings=settings,
            clock=clock,
            engine=database.engine,
            queue=queue,
            tools=_tools(settings, database, outside, clock),
            acting=outside.writing,
            sealer=load_sealer(settings.data_dir),
            servicenow=outside.servicenow if settings.servicenow.url else None,
            verified_id=outside.verified_id if settings.verified_id.authority else None,
        )


def load_site(settings: Settings) -> Site:
    """Read the site's own facts.

    Raises:
        NotConfigured: no file is named, or it is no site file; the message says where.
    """
    path = settings.site_file
    if path is None:
        raise NotConfigured(
            "no site file is set: who is protected and which groups are sensitive is not known",
            hint="Write one after docs/reference and name it in TRIAGE_SITE_FILE.",
            subject="TRIAGE_SITE_FILE",
        )
    try:
        return Site.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise NotConfigured(
            f"{path} is no site file: {error}",
            hint="Correct it, or start from the sandbox's.",
            subject=str(path),
        ) from error


def load_policy(settings: Settings, site_rules: Path | None = None) -> Policy:
    """Read the policy that the settings name: shipped rules, those about the site's own labels, the site's.

    Args:
        settings: the settings.
        site_rules: another folder of the site's rules than theirs.

    Raises:
        NotConfigured: a rule or a playbook is refused; the subject is its file and line.
    """
    rules = rules_of(load_playbooks(settings.playbooks_dir))
    return Policy.load(site_rules or settings.policy_dir, keys=settings.policy_keys, labels=rules)


def _tools(settings: Settings, database: Database, outside: Outside, clock: Clock) -> Tools:
    site = load_site(settings)
    registry = Registry(settings.data_dir)
    return Tools(
        model=lambda: _serving(registry),
        playbooks=load_playbooks(settings.playbooks_dir),
        policy=load_policy(settings),
        actions=load(),
        reading=outside.reading,
        directory=FreshNames(
            lambda: read_directory(outside.reading.graph, site), settings.limits.directory, clock
        ),
        memory=shared_memory(database.engine),
        switch=HaltSwitch(database.engine, settings.data_dir),
        site=site,
    )


def _serving(registry: Registry) -> Model:
    """The promoted model, read anew when another was promoted."""
    model = registry.current()
    if model is None:
        raise NoModel("no model is promoted, so no ticket can be read", hint=NEXT_STEP)
    return model


@asynccontextmanager
async def _outside(settings: Settings, database: Database, clock: Clock) -> AsyncIterator[Outside]:
    """Clients for everything outside, over one transport."""
    gate: Gate = PostgresGate(database.engine)
    async with AsyncExitStack() as stack:
        token_http = stack.enter_context(authority_client(settings))
        transport = network(settings.ca_file)
        servicenow_http = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, timeout=30.0)
        )
        outside = connect(
            places(settings),
            tokens=entra_tokens(settings, token_http, clock, shared_tokens(settings)),
            servicenow_tokens=servicenow_tokens(settings, servicenow_http, clock),
            gate=gate,
            pacing=Pacing(clock),
            transport=transport,
            remember=settings.limits.people,
        )
        stack.push_async_callback(outside.close)
        yield outside
