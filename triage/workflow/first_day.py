"""A step that waits for whoever hands its secret over: told when the day has come, begun when they call.

A link that opens once lives ten minutes (safety.md E2), so nothing is made before the person is there: the
manager gets a page without a secret in it, and asks for the secret with the newcomer beside them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.clients.graph.values import User
from actions.errors import OutsideError
from triage.audit.events import Event
from triage.audit.log import append
from triage.domain.run import Run, RunState
from triage.errors import Unknown
from triage.store import decisions, ledger, runs, tickets
from triage.store.ledger import Step
from triage.workflow.newcomer import name_in
from triage.workflow.sequence import begin_turn, is_turn
from triage.workflow.services import Services

_SUBJECT: Final = "{name} starts: the access pass is ready when you are"
_BODY: Final = """The account of {name} ({upn}) is ready, and nobody knows a password for it.

On the first day, with {name} beside you, open this page, sign in and ask for the access pass:

{link}

A link to it comes by mail at once, opens once and lives ten minutes; {name} signs in with the pass and sets
up an own password and second factor. If somebody else asks you for the pass, call the service desk.
"""


@dataclass(frozen=True)
class Expected:
    """Who starts, for the page of the manager; `begun` says that the pass was asked for already."""

    run_id: uuid.UUID
    name: str
    upn: str
    begun: bool


async def tell_called(services: Services) -> None:
    """Tell each manager whose newcomer's day has come, once; who cannot be reached now is told later."""
    async with services.engine.connect() as conn:
        found = [run for run in await runs.due(conn, services.clock()) if await _untold(conn, run)]
    for run in found:
        try:
            await _mail(services, run)
        except OutsideError:
            continue
        async with services.engine.begin() as conn:
            await ledger.start(conn, run.id, Step.CALL, services.clock())


async def expected(services: Services, run_id: uuid.UUID, person_id: str) -> Expected | None:
    """Return who starts, if `person_id` is their manager by the directory and the day has come; else nothing.

    Raises:
        OutsideError: the directory cannot be read now.
    """
    async with services.engine.connect() as conn:
        try:
            run = await runs.get(conn, run_id)
        except Unknown:
            return None
        told = await ledger.steps(conn, run.id)
    if Step.CALL not in told:
        return None
    newcomer, manager_id = await _people(services, run)
    if manager_id != person_id:
        return None
    begun = told[Step.CALL] or run.state is not RunState.WAITING
    return Expected(run.id, newcomer.display_name or "", newcomer.user_principal_name, begun)


async def call(services: Services, run_id: uuid.UUID, person_id: str) -> bool:
    """Begin the step for the newcomer's manager; false when there is nothing to begin for this person."""
    whom = await expected(services, run_id, person_id)
    if whom is None or whom.begun:
        return False
    async with services.engine.begin() as conn:
        run = await runs.get(conn, run_id)
        await tickets.get(conn, run.ticket_id, lock=True)
        run = await runs.get(conn, run_id)
        if run.state is not RunState.WAITING or not await is_turn(conn, run):
            return False
        await ledger.finish(conn, run.id, Step.CALL, services.clock())
        data: dict[str, JsonValue] = {"action": run.action, "step": Step.CALL.value}
        await append(
            conn, Event.RUN_STEP_STARTED, f"run {run.id}", data, actor=person_id, now=services.clock()
        )
        await begin_turn(conn, services, run)
    return True


async def _untold(conn: AsyncConnection, run: Run) -> bool:
    """Whether somebody has to be told that this step waits for them."""
    step = (await decisions.get(conn, run.decision_id)).decision.steps[run.position]
    return step.on_call and await is_turn(conn, run) and Step.CALL not in await ledger.steps(conn, run.id)


async def _people(services: Services, run: Run) -> tuple[User, str]:
    """Return the newcomer and the id of their manager, as the directory has them now."""
    users = services.tools.reading.live().graph.users
    newcomer = await users.get(name_in(run.params))
    manager = await users.manager(newcomer.id)
    return newcomer, manager.id if manager else ""


async def _mail(services: Services, run: Run) -> None:
    newcomer, manager_id = await _people(services, run)
    manager = await services.tools.reading.graph.users.get(manager_id)
    name, upn = newcomer.display_name or "", newcomer.user_principal_name
    link = f"{services.settings.web.public_url.rstrip('/')}/first-day/{run.id}"
    await services.acting(run.id).graph.mail.send(
        services.settings.cloud.mail_sender,
        [manager.mail or manager.user_principal_name],
        _SUBJECT.format(name=name),
        _BODY.format(name=name, upn=upn, link=link),
        marker=f"{run.id}:{Step.CALL}",
    )
