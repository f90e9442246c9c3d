"""Run a runbook of the site's own: what it does is the site's business, how it is started and judged is ours.

A playbook in the site's folder says for which label, with which parameters and how gravely it counts. Only
what a published runbook declares is passed, and no text that Azure Automation would read as something else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from actions.clients.hybrid import Hybrid
from actions.contract import Action, Blocker, RunContext, Verification, World
from actions.onprem import SETTLE, RunbookJob, verify_job
from actions.vocabulary import Change, Params, Plan, Route, Tier

EXECUTION_ID = "ExecutionId"
"""The parameter every runbook has and no playbook gives: the id of the run."""


def literal(value: str) -> str:
    """Return the value if Azure Automation passes it on as it is.

    Raises:
        ValueError: it reads as JSON (`true`, `1e5`, `[1]`), which Automation would turn into something else
            (azure-automation.md section 4).
    """
    try:
        read = json.loads(value)
    except ValueError:
        return value
    if type(read) is int and str(read) == value:
        return value
    raise ValueError("it reads as JSON, which Azure Automation would turn into something else")


Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
Value = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,256}$"), AfterValidator(literal)]


class RunRunbook(Params):
    """Which runbook, where, with what."""

    runbook: str = Field(
        description="Name of the published runbook", pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$"
    )
    worker_group: str = Field(
        default="",
        description="Hybrid worker group it runs on; left out: the service's own",
        pattern=r"^[A-Za-z0-9._ -]{0,63}$",
    )
    arguments: dict[Name, Value] = Field(
        default_factory=dict, description="The runbook's parameters but for the execution id"
    )


async def check(world: World, params: RunRunbook) -> tuple[Blocker, ...]:
    """A published runbook that runs once for an execution, takes all that is passed and lacks nothing."""
    declared = await Hybrid(world.automation).declared(params.runbook)
    if declared is None:
        sentence = f"{params.runbook} is not published in the Automation account; publish it under that name."
        return (Blocker("runbook_not_published", sentence),)
    if EXECUTION_ID not in declared:
        sentence = f"{params.runbook} has no parameter {EXECUTION_ID}: it could run twice for one execution."
        return (Blocker("runbook_not_once", sentence),)
    passed = {*params.arguments, EXECUTION_ID}
    lacking = [name for name, mandatory in declared.items() if mandatory and name not in passed]
    wrong = [f"it has no {name}" for name in passed if name not in declared]
    found = sorted([*wrong, *(f"{name} is missing" for name in lacking)])
    if not found:
        return ()
    sentence = f"{params.runbook} takes other parameters: {', '.join(found)}; correct the playbook."
    return (Blocker("runbook_parameters", sentence),)


async def plan(world: World, params: RunRunbook) -> Plan:
    """The start, and every argument."""
    target = f"runbook {params.runbook} on {_workers(world, params)}"
    passed = (Change(target=target, field=name, after=value) for name, value in params.arguments.items())
    return Plan(changes=(Change(target=target, field="start", after="once"), *passed))


async def tell(_world: World, params: RunRunbook, _run: RunContext) -> Mapping[str, str]:
    """What it is called with."""
    return params.arguments


def _workers(world: World, params: RunRunbook) -> str:
    return params.worker_group or world.automation.worker_group


async def execute(world: World, params: RunRunbook, run: RunContext) -> None:
    """Start the job; a second start for the same run changes nothing."""
    await RunbookJob(params.runbook, tell, workers=_workers).execute(world, params, run)


async def verify(world: World, _params: RunRunbook, run: RunContext) -> Verification:
    """Tell what became of the job, by its own result line."""
    return await verify_job(world, run)


ACTION = Action(
    name="run_runbook",
    title="Run a runbook of the site's own",
    impact="What it does to people, the site's own playbook says.",
    tier=Tier.DISRUPTIVE,
    route=Route.ONPREM,
    permissions=frozenset(),
    params=RunRunbook,
    locks=lambda params: (f"runbook:{params.runbook}".casefold(),),
    settle=SETTLE,
    repeatable=False,
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo_reason="Only the site knows how to take back what its own runbook does.",
    examples=(
        RunRunbook(
            runbook="Clear-PrintQueue", arguments={"ServerName": "HL-PRN-01", "PrinterName": "PRN-HAM-02"}
        ),
    ),
)
