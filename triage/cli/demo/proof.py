"""The end of a demo: every ticket counted, every effect read back once more, every change looked at."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from pydantic import Field

from actions.contract import RunContext, Seen, read_back
from actions.errors import OutsideError
from actions.vocabulary import Frozen
from triage.domain.run import Run, RunState, TicketState
from triage.sandbox.apps import Apps
from triage.sandbox.tenant import Tenant, roles_of
from triage.store import runs
from triage.store.desk import Line
from triage.workflow.services import Services
from triage.workflow.vault import secret_name

ENDS = {
    TicketState.RESOLVED.value: "by itself",
    "agreed": "once agreed",
    TicketState.SCHEDULED.value: "on its day",
    TicketState.REVIEW.value: "waits for you",
    TicketState.HANDOVER.value: "handed over",
    TicketState.BLOCKED.value: "blocked",
}
"""How a ticket can end, in words."""

_RESOLVED_IN_SERVICENOW = {"6", "7", "3"}  # resolved, closed; a requested item: closed complete


class Told(Frozen):
    """What a demo came to.

    Attributes:
        tickets: how many were played in.
        settled: how many ended, by where they ended.
        lost: played in, but never settled.
        intents: decided tickets by label, with where their steps take effect.
        outcomes: decided tickets by label, with how they ended (`ENDS`).
        actions: verified runs by action.
        undone: runs that were taken back and read back.
        scenes: what people did in some tickets, and what came of it.
        unverified: resolved tickets whose effect could not be read back at the end, or that are open still.
        privileged_touched: privileged accounts that anything was changed on.
        restarts: how often the service died and was started again.
    """

    tickets: int
    settled: dict[str, int]
    lost: int
    intents: dict[str, dict[str, int]] = Field(default_factory=dict)
    outcomes: dict[str, dict[str, int]] = Field(default_factory=dict)
    actions: dict[str, int] = Field(default_factory=dict)
    undone: int = 0
    scenes: dict[str, str] = Field(default_factory=dict)
    unverified: tuple[str, ...] = ()
    privileged_touched: tuple[str, ...] = ()
    mails: int = 0
    restarts: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing was lost, nothing unproven, nobody privileged touched."""
        return not (self.lost or self.unverified or self.privileged_touched)

    @property
    def sentence(self) -> str:
        """The outcome in one line."""
        ends = ", ".join(f"{count} {state}" for state, count in sorted(self.settled.items()))
        proof = "every effect was read back" if not self.unverified else f"{len(self.unverified)} unproven"
        privileged = len(self.privileged_touched) or "no"
        counted = f"{self.tickets} tickets: {ends}; {self.lost} lost"
        return f"{counted}; {proof}; {privileged} privileged account was touched"


async def told(lines: Sequence[Line], played: int, services: Services, made: Apps) -> Told:
    """Count the tickets and prove the effects against the tenant itself."""
    ended = Counter(line.state.value for line in lines if line.state.settled)
    done, unproven, undone, agreed = [], [], 0, set()
    for line in lines:
        if line.state is not TicketState.RESOLVED:
            continue
        async with services.engine.connect() as conn:
            known = await runs.of_ticket(conn, line.id)
        if any(run.review_id for run in known):
            agreed.add(line.id)
        verified = [run for run in known if run.state is RunState.VERIFIED]
        back = [run for run in known if run.state is RunState.UNDONE]
        done += [run.action for run in verified]
        undone += len(back)
        proven = (verified or back) and all([await _proven(run, services) for run in verified])
        if not proven or not _closed(line, made):
            unproven.append(line.ticket.number)
    return Told(
        tickets=played,
        settled=dict(ended),
        lost=played - ended.total(),
        intents=_intents(lines),
        outcomes=_outcomes(lines, agreed),
        actions=dict(Counter(done)),
        undone=undone,
        unverified=tuple(unproven),
        privileged_touched=tuple(sorted(_privileged_touched(made.tenant))),
        mails=len(made.tenant.outbox),
    )


def _intents(lines: Sequence[Line]) -> dict[str, dict[str, int]]:
    """Count the decisions by label and route."""
    found: dict[str, Counter[str]] = {}
    for decision in (line.decision for line in lines if line.decision):
        found.setdefault(decision.label, Counter())[decision.route.value] += 1
    return {label: dict(found[label]) for label in sorted(found)}


def _outcomes(lines: Sequence[Line], agreed: Collection[uuid.UUID]) -> dict[str, dict[str, int]]:
    """Count the decisions by label and how they ended; resolved after people agreed is apart."""
    found: dict[str, Counter[str]] = {}
    for line in lines:
        if line.decision:
            end = "agreed" if line.id in agreed else line.state.value
            found.setdefault(line.decision.label, Counter())[end] += 1
    return {label: dict(found[label]) for label in sorted(found)}


async def _proven(run: Run, services: Services) -> bool:
    """Read one effect back, with a world that cannot write."""
    action = services.tools.actions[run.action]
    if run.started_at is None:
        return False
    params = action.params.model_validate(run.params)
    context = RunContext(run.id, run.started_at, secret_name=secret_name(run))
    try:
        seen = await read_back(action, services.tools.reading, params, context)
    except OutsideError:
        return False
    return seen.seen is Seen.DONE


def _closed(line: Line, made: Apps) -> bool:
    record = made.instance.tables[line.ticket.table].get(line.ticket.sys_id, {})
    return record.get("state") in _RESOLVED_IN_SERVICENOW


def _privileged_touched(tenant: Tenant) -> Iterable[str]:
    """Accounts with an active or eligible role that appear as the target of any change."""
    for change in tenant.changes:
        user = tenant.users.get(change.target)
        if user and (roles_of(tenant, user["id"]) or roles_of(tenant, user["id"], eligible=True)):
            yield user["userPrincipalName"]
