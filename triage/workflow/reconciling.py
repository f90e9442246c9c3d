"""Reconciliation: what Entra recorded of our app and what we recorded of our runs, compared and told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pydantic import AwareDatetime, JsonValue
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.audit.events import Event
from triage.audit.log import append, known
from triage.audit.reconcile import NEAR, Alarm, Ours, Seen, contradictions, leaves_a_trace
from triage.domain.run import Run, RunState
from triage.errors import NotConfigured
from triage.store import alarms, objections, runs
from triage.store.objections import Objection
from triage.workflow.services import Services

LAG: Final = timedelta(hours=1)
"""How late Entra's log may be before a run without an entry counts (graph.md: minutes)."""
KEY: Final = "reconcile:"
"""How the keys of these alarms begin."""
_HINT: Final = (
    "Look it up in Entra's audit log (docs/how-to/prove-what-happened.md); in doubt, halt everything."
)
_DONE: Final = frozenset({RunState.VERIFIED, RunState.UNDONE})


class Reconciled(Frozen):
    """What was compared, and every contradiction."""

    since: AwareDatetime
    until: AwareDatetime
    changes: int
    runs: int
    alarms: tuple[Alarm, ...]


async def reconcile(services: Services, span: timedelta) -> Reconciled:
    """Compare both records over `span`, up to an hour ago, and write every new contradiction to the chain.

    Raises:
        NotConfigured: our own client id is not set.
        OutsideError: Graph did not answer.
    """
    app_id = services.settings.entra.client_id
    if not app_id:
        raise NotConfigured("which app is ours is not set", hint="Set it.", subject="TRIAGE_ENTRA__CLIENT_ID")
    until = services.clock() - LAG
    since = until - span
    changes = [
        Seen(
            id=one.id,
            activity=one.activity_display_name,
            at=one.activity_date_time,
            request_id=one.correlation_id,
            targets=one.targets,
        )
        async for one in services.tools.reading.graph.audits.since(since - NEAR)
        if one.app_id == app_id and one.result != "failure"
    ]
    async with services.engine.connect() as conn:
        active = await runs.active_since(conn, since - NEAR)
        contained = await objections.raised_since(conn, since - NEAR)
    ours = [_ours(services, run) for run in active]
    ours += [_containment(one, until) for one in contained]
    alarms = contradictions(changes, ours, since=since, until=until)
    result = Reconciled(since=since, until=until, changes=len(changes), runs=len(ours), alarms=alarms)
    async with services.engine.begin() as conn:
        await _record(conn, services, result)
    return result


def _ours(services: Services, run: Run) -> Ours:
    action = services.tools.actions.get(run.action)
    changed = not run.plan.empty or (action is not None and not action.repeatable)
    traced = action is not None and leaves_a_trace(action.permissions) and run.state in _DONE and changed
    started = run.started_at or run.created_at
    return Ours(
        id=run.id,
        action=run.action,
        started_at=started,
        ended_at=run.finished_at or services.clock(),
        targets=frozenset(value for value in run.params.values() if isinstance(value, str)),
        traced=traced,
    )


def _containment(objection: Objection, until: datetime) -> Ours:
    """What was done on somebody's word, which is no run of a ticket's."""
    return Ours(
        id=objection.id,
        action=objection.action,
        started_at=objection.raised_at or objection.armed_at,
        ended_at=objection.contained_at or until,
        targets=frozenset({objection.person_id}),
        traced=objection.contained_at is not None,
    )


async def _record(conn: AsyncConnection, services: Services, result: Reconciled) -> None:
    now = services.clock()
    await alarms.clear(conn, KEY, but=[f"{KEY}{alarm.reference}" for alarm in result.alarms])
    for alarm in result.alarms:
        sentence = f"Entra shows otherwise: {alarm.kind} ({alarm.activity}, {alarm.at:%Y-%m-%d %H:%M} UTC)."
        shown = alarms.Alarm(key=f"{KEY}{alarm.reference}", sentence=sentence, hint=_HINT, raised_at=now)
        await alarms.raise_alarm(conn, shown)
        subject = f"reconcile {alarm.reference}"
        if not await known(conn, Event.RECONCILE_ALARM, subject):
            told = alarm.model_dump(mode="json")
            await append(conn, Event.RECONCILE_ALARM, subject, told, actor="service", now=now)
    counts: dict[str, JsonValue] = {
        "changes": result.changes,
        "runs": result.runs,
        "alarms": len(result.alarms),
        "until": result.until.isoformat(),
    }
    await append(conn, Event.RECONCILED, "reconcile", counts, actor="service", now=now)
