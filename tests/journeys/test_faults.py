"""Each fault of docs/how-to/rehearse-faults.md, met by a ticket on its whole way: PostgreSQL, jobs, HTTPS."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from tests.actions.stage import WORLD, Time, staged_over_https
from tests.journeys.shift import taken_in, work_off
from tests.journeys.test_intents import ASKS
from tests.lab import LICENCE, Lab, opened
from triage.audit.log import records
from triage.domain.run import TicketState
from triage.sandbox.scenario import Scenario, enter
from triage.sandbox.server import running
from triage.sandbox.servicenow.play import Played, put_in
from triage.store.engine import Database
from triage.store.gates import PostgresGate

PAGE = Path("docs/how-to/rehearse-faults.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
CALLER, SUBJECT, TEXT = ASKS["set_automatic_replies"]
TICKETS = {
    "assign_license": LICENCE,
    "set_automatic_replies": {
        "short_description": SUBJECT,
        "description": TEXT,
        "caller_id": f"{CALLER}@harborline.example",
        "contact_type": "self-service",
    },
    "unlock_ad_account": {
        "short_description": "My account is locked",
        "description": "My account is locked, please unlock it.",
        "caller_id": "nina.santos@harborline.example",
        "contact_type": "self-service",
    },
}


@pytest.fixture
async def abroad(database: Database, tmp_path: Path) -> AsyncIterator[Lab]:
    """Our service, its queue open, and the company at the other end of real connections."""
    time = Time()
    async with running(WORLD, tmp_path / "sandbox", clock=time.clock, pace=timedelta()) as served:
        stage = staged_over_https(served, time, PostgresGate(database.engine))
        lab = opened(stage, database, tmp_path)
        async with lab.services.queue.open_async():
            yield lab
        await stage.outside.close()


def said(block: str, name: str, otherwise: str = "") -> str:
    found = re.search(rf"^# {name}: (.+)$", block, re.MULTILINE)
    return found[1] if found else otherwise


def label(block: str) -> str:
    content = yaml.safe_load(block)
    first = content.get("rules", [content])[0]
    return " ".join(str(value) for value in first.values())[:60]


def effects(lab: Lab) -> int:
    """Count what was changed in the directories."""
    changes = lab.stage.apps.tenant.changes
    return sum(change.area in {"directory", "onprem"} and change.before != change.after for change in changes)


def most_often(lab: Lab) -> int:
    """Return how often that note or mail of ours was written that was written most often."""
    entries = lab.stage.apps.instance.tables["sys_journal_field"].values()
    ours = [row["value"] for row in entries if row["sys_created_by"] == "triage.integration"]
    mails = [f"{mail.to} {mail.subject}" for mail in lab.stage.apps.tenant.outbox]
    return max(Counter([*ours, *mails]).values(), default=0)


async def story(lab: Lab, played: Played, patience: timedelta) -> tuple[TicketState, bool, str]:
    """Let a ticket go its way: its state, whether it goes on by itself later, and what went wrong."""
    taken = await taken_in(lab, played)
    waits = not await work_off(lab, patience)
    return (await lab.ticket(taken.id)).state, waits, await told(lab)


async def told(lab: Lab) -> str:
    """Return what the audit chain says about whatever did not work."""
    bad = {"run.failed", "run.outcome_unknown", "ticket.not_written"}
    async with lab.services.engine.connect() as conn:
        return " ".join([str(one.data["reason"]) async for one in records(conn) if one.event in bad])


@pytest.mark.parametrize("block", BLOCKS, ids=label)
async def test_a_ticket_that_meets_it_ends_as_the_page_says(abroad: Lab, block: str) -> None:
    apps = abroad.stage.apps
    played = put_in(apps.instance, TICKETS[said(block, "action", "assign_license")])
    before = effects(abroad)
    enter(apps, Scenario.model_validate(yaml.safe_load(block)))

    ends = said(block, "ends")
    patience = timedelta(minutes=5) if ends == "waits" else timedelta(hours=1)

    state, waits, reason = await story(abroad, played, patience)

    assert ("waits" if waits else state.value) == ends
    assert said(block, "because") in reason
    assert effects(abroad) - before <= 1
    assert most_often(abroad) <= 1
    record = apps.instance.tables[played.table][played.sys_id]
    assert (record["state"] == "6") is (state is TicketState.RESOLVED)


def test_the_page_has_each_kind_of_fault() -> None:
    told = [yaml.safe_load(block) for block in BLOCKS]
    kinds = {rule["effect"] for scenario in told for rule in scenario.get("rules", [])}
    keys = {key for scenario in told for key in scenario}
    assert kinds == {
        *("answer", "answer_after", "drop_before", "drop_after", "stall_before", "stall_after"),
        *("delay", "trickle", "hide", "meddle"),
    }
    assert keys == set(Scenario.model_fields)
