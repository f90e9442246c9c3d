"""The kill switch in front of every effect."""

from __future__ import annotations

from triage.domain.run import Run
from triage.store import decisions, runs
from triage.workflow.services import Services


async def admit(services: Services, run: Run) -> Run | None:
    """Return the run, in its newest version, if its effect may happen now.

    `None`: the kill switch is on for it. The run keeps its place and is woken when the switch is lifted.
    """
    async with services.engine.connect() as conn:
        kept = await decisions.get(conn, run.decision_id)
    stopped = await services.tools.switch.stops(run.action, run.tier, kept.decision.label)
    if stopped is not run.held:
        async with services.engine.begin() as conn:
            run = await runs.save(conn, run.model_copy(update={"held": stopped}))
    return None if stopped else run
