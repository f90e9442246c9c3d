"""A storm: single steps stop, and one candidate for a major incident is raised, not one a ticket."""

from __future__ import annotations

from datetime import timedelta

from tests.lab import LICENCE, Lab
from triage.audit.events import Event as Audited
from triage.audit.log import known
from triage.domain.run import TicketState
from triage.memory import Event
from triage.store import alarms
from triage.store.memories import memory_on
from triage.workflow.storms import end_storms


async def storm(lab: Lab) -> None:
    """Thirty people ask for a licence within a minute."""
    async with lab.services.engine.begin() as conn:
        for number in range(30):
            await memory_on(conn).remember(
                ticket=f"INC-storm-{number}",
                person_id=f"person {number}",
                requester_id="",
                label="license_assign",
                action="assign_license",
                key="",
                event=Event.ASKED,
                now=lab.services.clock(),
            )


async def test_a_storm_stops_single_steps_and_raises_one_candidate(lab: Lab) -> None:
    await storm(lab)
    for name in ("olga.hoffmann", "camila.mueller"):
        words = f"Please assign the licence POWER_BI_PRO to {name}@harborline.example."
        assert (await lab.decide({**LICENCE, "description": words})).state is TicketState.REVIEW
    async with lab.services.engine.begin() as conn:
        (candidate,) = await alarms.standing(conn)
        assert "major incident" in candidate.sentence
        assert await known(conn, Audited.STORM_RAISED, "storm license_assign")
        await end_storms(conn, lab.services.clock() + timedelta(minutes=59))
        assert len(await alarms.standing(conn)) == 1
        await end_storms(conn, lab.services.clock() + timedelta(minutes=61))
        assert await alarms.standing(conn) == ()
