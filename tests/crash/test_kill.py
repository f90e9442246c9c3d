"""Workers that are killed with -9 in the middle of their work: nothing is lost, nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from random import Random

import pytest
from sqlalchemy import text

from tests.crash.worker import READY
from tests.house import House
from triage.domain.run import RunState, TicketState
from triage.sandbox.faults import Rule, arm
from triage.sandbox.server import Sandbox
from triage.workflow.services import Services

KARIN, ELENA = "karin.wright@harborline.example", "elena.bianchi@harborline.example"
_STALLED = "PT2S"


class Workers:
    """Worker processes on one database."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = {**os.environ, **environment, "TRIAGE_LIMITS__STALLED": _STALLED}
        self._started: list[asyncio.subprocess.Process] = []

    async def start(self) -> asyncio.subprocess.Process:
        """Start one and wait until it works."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.crash.worker", env=self._environment, stdout=asyncio.subprocess.PIPE
        )
        self._started.append(process)
        assert process.stdout is not None
        assert (await process.stdout.readline()).decode().strip() == READY
        return process

    async def kill(self, process: asyncio.subprocess.Process) -> None:
        """Kill one with -9."""
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()

    async def end(self) -> None:
        """Kill all that are left."""
        for process in self._started:
            await self.kill(process)


@pytest.fixture
async def workers(environment: dict[str, str]) -> AsyncIterator[Workers]:
    started = Workers(environment)
    yield started
    await started.end()


@pytest.fixture
def house(sandbox: Sandbox, services: Services) -> House:
    """The company with nobody at work in this process."""
    return House(sandbox, services)


async def _until_started(house: House) -> None:
    """Wait until the ledger says that an effect is about to happen."""
    query = text("SELECT count(*) FROM ledger WHERE step = 'execute' AND state = 'started'")
    async with asyncio.timeout(30):
        while True:
            async with house.services.engine.connect() as conn:
                if (await conn.execute(query)).scalar_one():
                    return
            await asyncio.sleep(0.02)


async def test_a_worker_killed_between_ledger_and_outcome_leaves_one_effect(
    house: House, workers: Workers
) -> None:
    slow = {"app": "graph", "method": "POST", "path": "assignLicense", "effect": "delay", "seconds": 1.0}
    arm(house.sandbox.apps.faults, [Rule.model_validate(slow)])
    played = house.play(
        short_description="A licence for Karin",
        description=f"Please assign the licence POWER_BI_PRO to {KARIN}.",
        caller_id=ELENA,
        contact_type="self-service",
    )
    first = await workers.start()
    await _until_started(house)
    await workers.kill(first)

    await workers.start()
    case = await house.settled(played)

    assert case.stored.state is TicketState.RESOLVED
    assert [run.state for run in case.runs] == [RunState.VERIFIED]
    assert house.licences(KARIN).count("POWER_BI_PRO") == 1


async def test_whenever_workers_are_killed_every_ticket_ends_and_each_effect_is_there_once(
    house: House, workers: Workers
) -> None:
    rng = Random(7)
    played = [
        house.play(
            short_description="Forgot my password",
            description="I forgot my password, please reset it.",
            caller_id=who,
            contact_type="self-service",
        )
        for who in (KARIN, "karin.patel@harborline.example", "felix.dubois@harborline.example")
    ]
    played += [
        house.play(
            short_description="Please restart the printing",
            description=f"Please restart the service Spooler on {server}.",
            caller_id="erik.haddad@harborline.example",
            contact_type="self-service",
        )
        for server in ("HL-PRN-01", "HL-PRN-02")
    ]
    for _ in range(3):
        worker = await workers.start()
        await asyncio.sleep(rng.uniform(0.2, 2.0))
        await workers.kill(worker)

    await workers.start()
    cases = [await house.settled(one) for one in played]

    assert [case.stored.state for case in cases] == [TicketState.RESOLVED] * len(played)
    assert [run.state for case in cases for run in case.runs] == [RunState.VERIFIED] * len(played)
    tenant = house.sandbox.apps.tenant
    restarts = [tenant.servers[name].services["Spooler"].restarts for name in ("hl-prn-01", "hl-prn-02")]
    assert restarts == [1, 1]
    assert sum("password" in change.what.casefold() for change in tenant.changes) == 3
