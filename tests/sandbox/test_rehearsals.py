"""Each fault of docs/how-to/rehearse-faults.md ends as the page says, with at most one effect and note."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.catalogue import load
from actions.clients.servicenow import equal, where
from actions.contract import Action, Seen, read_back
from actions.errors import NotVerified, OutcomeUnknown, OutsideError, Throttled, Unreachable
from tests.actions.stage import Stage, staged
from triage.sandbox.scenario import Scenario, enter
from triage.sandbox.servicenow.play import Played, put_in

PAGE = Path("docs/how-to/rehearse-faults.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
ACTIONS = load()
TRIES, PENDING = 40, timedelta(minutes=1)
Step = Callable[[], Awaitable[Any]]


def said(block: str, name: str, otherwise: str = "") -> str:
    found = re.search(rf"^# {name}: (\w+)$", block, re.MULTILINE)
    return found[1] if found else otherwise


def label(block: str) -> str:
    content = yaml.safe_load(block)
    first = content.get("rules", [content])[0]
    return " ".join(str(value) for value in first.values())[:60]


def steps(stage: Stage, action: Action[Any], params: Any, ticket: Played) -> list[Step]:
    """Return what a run does, one after the other: look, act, read back, tell the ticket."""
    graph, snow = stage.outside.reading.graph, stage.outside.servicenow
    anybody = next(iter(stage.apps.tenant.users))
    return [
        lambda: graph.person(anybody),
        lambda: snow.tables.query("incident", where(equal("active", "true")), ["number"]),
        lambda: action.execute(stage.writing, params, stage.run),
        lambda: settled(stage, action, params),
        lambda: snow.add_work_note(ticket.table, ticket.sys_id, "Done.", "op-1"),
        lambda: snow.resolve(ticket.table, ticket.sys_id, "Done."),
    ]


async def settled(stage: Stage, action: Action[Any], params: Any) -> None:
    """Read back until the effect is there or the action's time to settle is over."""
    end = stage.time.now + action.settle
    while (seen := await read_back(action, stage.reading, params, stage.run)).seen is not Seen.DONE:
        if seen.seen is Seen.FAILED or (seen.seen is Seen.ABSENT and stage.time.now > end):
            raise NotVerified("The effect is not there.", hint="Look at it.")
        if stage.time.now > end + PENDING:
            raise Unreachable("It is still under way.", hint="It goes on by itself.")
        await stage.time.sleep(5)


async def ending(stage: Stage, todo: list[Step]) -> str:
    """Try each step as long as its error says that trying again may help; return how it ended."""
    tries = TRIES
    while todo and tries:
        tries -= 1
        try:
            await todo[0]()
        except Throttled as error:
            wait = error.retry_at - stage.time.now
            await stage.time.sleep(max(wait, timedelta()).total_seconds())
        except (Unreachable, OutcomeUnknown):
            await stage.time.sleep(30)
        except OutsideError as error:
            return type(error).__name__ if error.hint else "an error without a hint"
        else:
            todo.pop(0)
    return "waits" if todo else "done"


@pytest.mark.parametrize("block", BLOCKS, ids=label)
async def test_a_run_that_meets_it_ends_as_the_page_says(block: str) -> None:
    stage = staged()
    action = ACTIONS[said(block, "action", "assign_license")]
    ticket = put_in(stage.apps.instance, {"short_description": "A licence", "contact_type": "email"})
    enter(stage.apps, Scenario.model_validate(yaml.safe_load(block)))

    ended = await ending(stage, steps(stage, action, action.examples[0], ticket))

    changes = [change for change in stage.apps.tenant.changes if change.before != change.after]
    effects = [change for change in changes if change.area in {"directory", "onprem", "mail"}]
    entries = stage.apps.instance.tables["sys_journal_field"].values()
    ours = Counter(row["value"] for row in entries if row["sys_created_by"] == "triage.integration")
    record = stage.apps.instance.tables[ticket.table][ticket.sys_id]
    assert ended == said(block, "ends")
    assert len(effects) <= 1
    assert set(ours.values()) <= {1}
    assert (record["state"] == "6") is (ended == "done")


def test_the_page_has_each_kind_of_fault() -> None:
    told = [yaml.safe_load(block) for block in BLOCKS]
    effects = {rule["effect"] for scenario in told for rule in scenario.get("rules", [])}
    keys = {key for scenario in told for key in scenario}
    assert effects == {
        *("answer", "answer_after", "drop_before", "drop_after", "stall_before", "stall_after"),
        *("delay", "trickle", "hide", "meddle"),
    }
    assert keys == set(Scenario.model_fields)
