"""Our record and Entra's, compared both ways, and what others changed remembered."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from actions.errors import OutsideError
from tests.lab import KARIN, LICENCE, PASSWORD, Lab
from triage.audit.events import Event
from triage.audit.log import known, newest
from triage.audit.reconcile import Kind, leaves_a_trace
from triage.domain.decision import Verdict
from triage.domain.lately import MemoryFacts
from triage.domain.run import Run, RunState, TicketState
from triage.sandbox.faults import Rule, arm
from triage.sandbox.registrations import credentials
from triage.sandbox.tenant import record
from triage.store import decisions
from triage.store.memories import STALE
from triage.workflow.reconciling import Reconciled, reconcile
from triage.workflow.watching import watch_directory

DAY = timedelta(hours=24)


def ours(lab: Lab) -> Lab:
    """The lab with the client id of the app that the sandbox knows as ours."""
    client_id = credentials(lab.stage.apps.tenant, "service").client_id
    entra = lab.services.settings.entra.model_copy(update={"client_id": client_id})
    settings = lab.services.settings.model_copy(update={"entra": entra})
    lab.services = replace(lab.services, settings=settings)
    return lab


async def done(lab: Lab, row: dict[str, str]) -> Run:
    stored = await lab.decide(row)
    (run,) = await lab.runs(stored.id)
    return await lab.finish(run)


async def compared(lab: Lab) -> Reconciled:
    lab.pass_time(timedelta(hours=2))
    return await reconcile(lab.services, DAY)


def change_outside(lab: Lab, what: str, **after: object) -> None:
    """Let an administrator change Karin's account by hand."""
    user = lab.user(KARIN)
    record(
        lab.stage.apps.tenant,
        actor="Admin portal",
        area="directory",
        what=what,
        target=(user["id"], user["displayName"]),
        before=dict.fromkeys(after),
        after=after,
    )


async def memory_of(lab: Lab) -> MemoryFacts:
    """What a new ticket of Karin's is told of the past."""
    stored = await lab.decide(PASSWORD)
    async with lab.services.engine.connect() as conn:
        (kept,) = await decisions.of_ticket(conn, stored.id)
    return kept.facts.memory


async def test_runs_and_their_changes_find_each_other(lab: Lab) -> None:
    assert (await done(ours(lab), LICENCE)).state is RunState.VERIFIED
    found = await compared(lab)
    assert (found.runs, found.alarms) == (1, ())
    assert found.changes >= 1


async def test_a_change_by_our_app_without_a_run_is_an_alarm_told_once(lab: Lab) -> None:
    ours(lab)
    world = lab.services.acting(uuid.uuid4())
    await world.graph.users.revoke_sessions(lab.user(KARIN)["id"])
    for _ in range(2):
        (alarm,) = (await compared(lab)).alarms
    assert (alarm.kind, alarm.activity) == (
        Kind.CHANGE_WITHOUT_RUN,
        "Update StsRefreshTokenValidFrom Timestamp",
    )
    async with lab.services.engine.connect() as conn:
        assert await known(conn, Event.RECONCILE_ALARM, f"reconcile {alarm.reference}")
        last = await newest(conn, Event.RECONCILED)
    assert last is not None
    assert last.data["alarms"] == 1


async def test_a_run_of_which_entra_shows_nothing_is_an_alarm(lab: Lab) -> None:
    run = await done(ours(lab), LICENCE)
    lab.stage.apps.tenant.changes.clear()
    (alarm,) = (await compared(lab)).alarms
    assert (alarm.kind, alarm.reference) == (Kind.RUN_WITHOUT_CHANGE, str(run.id))


async def test_a_change_that_lost_our_request_id_is_found_by_place_and_time(lab: Lab) -> None:
    await done(ours(lab), LICENCE)
    changes = lab.stage.apps.tenant.changes
    changes[:] = [replace(change, correlation="") for change in changes]
    assert (await compared(lab)).alarms == ()


@pytest.mark.parametrize(
    ("permissions", "traced"),
    [
        ({"User-PasswordProfile.ReadWrite.All", "User.Read.All"}, True),
        ({"GroupMember.ReadWrite.All"}, True),
        ({"User.Read.All"}, False),
        ({"MailboxSettings.ReadWrite", "User.Read.All"}, False),
    ],
)
def test_only_what_changes_the_directory_leaves_a_trace_there(permissions: set[str], *, traced: bool) -> None:
    assert leaves_a_trace(permissions) is traced


async def test_a_factor_changed_by_hand_keeps_a_password_from_being_reset_alone(lab: Lab) -> None:
    change_outside(ours(lab), "Admin deleted security info", method=None)
    assert await watch_directory(lab.services) == 1
    stored = await lab.decide(PASSWORD)
    assert stored.state is TicketState.REVIEW
    async with lab.services.engine.connect() as conn:
        (kept,) = await decisions.of_ticket(conn, stored.id)
    assert kept.decision.verdict is Verdict.REVIEW
    assert "memory.toxic_pair" in [rule.id for rule in kept.decision.rules]


async def test_a_new_phone_set_by_hand_is_a_changed_contact_point(lab: Lab) -> None:
    change_outside(ours(lab), "Update user", mobilePhone="+46 70 000 00 00")
    await watch_directory(lab.services)
    assert (await memory_of(lab)).contact_changed_30d


async def test_looking_twice_counts_once_and_our_own_changes_not_at_all(lab: Lab) -> None:
    await done(ours(lab), LICENCE)
    change_outside(lab, "Reset user password", flags=1)
    assert [await watch_directory(lab.services) for _ in range(2)] == [1, 0]
    found = await memory_of(lab)
    assert (found.credential_24h, found.password_change_72h) == (1, True)


async def test_a_memory_that_cannot_see_what_others_do_knows_nothing(lab: Lab) -> None:
    ours(lab)
    await watch_directory(lab.services)
    lab.pass_time(STALE + timedelta(minutes=1))
    assert not (await memory_of(lab)).known
    await watch_directory(lab.services)
    assert (await memory_of(lab)).known


async def test_a_directory_that_never_let_itself_be_read_is_not_taken_for_a_quiet_one(lab: Lab) -> None:
    rule = {"app": "graph", "method": "GET", "path": "/auditLogs", "effect": "answer", "status": 403}
    arm(lab.stage.apps.faults, [Rule.model_validate({**rule, "times": None})])
    with pytest.raises(OutsideError):
        await watch_directory(ours(lab).services)
    assert not (await memory_of(lab)).known
