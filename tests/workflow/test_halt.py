"""The kill switch: read before every effect, works without the database, and loses nobody's place."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.vocabulary import Tier
from tests.lab import LICENCE, Lab
from triage.audit.log import records
from triage.domain.run import RunState
from triage.halt import (
    FILE,
    Halt,
    HaltSwitch,
    Scope,
    active,
    halt_of,
    lift_halt,
    note_file,
    on_file,
    set_halt,
    write_file,
)
from triage.store.engine import connect
from triage.workflow.runner import advance
from triage.workflow.upkeep import wake_held


async def _halt(lab: Lab, text: str) -> None:
    async with lab.services.engine.begin() as conn:
        await set_halt(conn, halt_of(text), reason="test", actor="me", now=lab.services.clock())


async def _lift(lab: Lab, text: str) -> None:
    async with lab.services.engine.begin() as conn:
        await lift_halt(conn, halt_of(text), actor="me", now=lab.services.clock())


@pytest.mark.parametrize("what", ["all", "action:assign_license", "tier:1", "label:license_assign"])
async def test_a_halted_run_keeps_its_place_and_goes_on_when_the_switch_is_lifted(
    lab: Lab, what: str
) -> None:
    stored = await lab.decide(LICENCE)
    (run,) = await lab.runs(stored.id)
    await _halt(lab, what)

    assert await advance(lab.services, run.id) is None
    (held,) = await lab.runs(stored.id)
    assert (held.state, held.held) == (RunState.PENDING, True)
    assert lab.effects("licence") == 0

    await _lift(lab, what)
    await wake_held(lab.services)
    assert await lab.waiting("advance_run") == 1
    assert (await lab.finish(run)).state is RunState.VERIFIED


@pytest.mark.parametrize("what", ["action:reset_password", "tier:3", "label:password_reset"])
async def test_a_halt_of_something_else_stops_nothing(lab: Lab, what: str) -> None:
    stored = await lab.decide(LICENCE)
    (run,) = await lab.runs(stored.id)
    await _halt(lab, what)

    assert (await lab.finish(run)).state is RunState.VERIFIED


async def test_while_halted_nothing_new_runs_by_itself(lab: Lab) -> None:
    await _halt(lab, "all")

    stored = await lab.decide(LICENCE)

    assert await lab.runs(stored.id) == ()


async def test_the_file_alone_halts(lab: Lab) -> None:
    stored = await lab.decide(LICENCE)
    (run,) = await lab.runs(stored.id)
    write_file(lab.services.settings.data_dir, [Halt(scope=Scope.ALL)])

    assert await advance(lab.services, run.id) is None
    assert lab.effects("licence") == 0


async def test_a_switch_that_cannot_be_read_counts_as_on(lab: Lab) -> None:
    async with connect("postgresql://nobody@/nowhere?host=/nonexistent") as gone:
        switch = HaltSwitch(gone.engine, lab.services.settings.data_dir)

        assert await switch.stops("assign_license", Tier.REVERSIBLE, "license_assign")


@pytest.mark.parametrize("content", ["", "nonsense\n", "tier:9\n", b"\xff\xfe"])
def test_a_file_that_cannot_be_understood_halts_everything(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / FILE
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    assert list(on_file(path)) == [Halt(scope=Scope.ALL)]


def test_a_file_says_what_it_was_told_and_vanishes_with_the_last_halt(tmp_path: Path) -> None:
    found = [halt_of("action:assign_license"), halt_of("tier:3")]
    write_file(tmp_path, found)
    assert list(on_file(tmp_path / FILE)) == found

    write_file(tmp_path, [])
    assert not (tmp_path / FILE).exists()


def test_a_tier_stops_all_tiers_above_it() -> None:
    halt = halt_of("tier:2")

    assert [halt.stops("a", tier, "l") for tier in Tier] == [False, False, True, True, True]


async def test_setting_twice_and_lifting_twice_is_harmless(lab: Lab) -> None:
    await _halt(lab, "all")
    await _halt(lab, "all")
    async with lab.services.engine.connect() as conn:
        assert len(await active(conn)) == 1
    await _lift(lab, "all")
    await _lift(lab, "all")
    async with lab.services.engine.connect() as conn:
        assert await active(conn) == ()


async def test_what_the_file_halted_is_told_in_the_chain_once_and_when_it_ends(lab: Lab) -> None:
    folder, now = lab.services.settings.data_dir, lab.services.clock()

    async def noted() -> bool:
        async with lab.services.engine.begin() as conn:
            return await note_file(conn, folder, "desk-1", now)

    assert not await noted()
    write_file(folder, [halt_of("tier:3"), halt_of("label:mfa_reset")])
    assert [await noted(), await noted()] == [True, False]
    write_file(folder, [])
    assert await noted()
    async with lab.services.engine.connect() as conn:
        told = [one.data["scopes"] async for one in records(conn, subject="halt file desk-1")]
    assert told == ["label:mfa_reset, tier:3", "nothing"]
