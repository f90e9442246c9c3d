"""How checks are run: side by side, each with its time, none able to hide another."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import cast

from actions.errors import Forbidden
from triage.doctor.examine import Check, Look, examine
from triage.doctor.finding import Finding, State, fail, ok, skipped, warn
from triage.doctor.ground import Ground

GROUND = cast("Ground", None)
"""None of these checks looks at anything."""


def saying(finding: Finding) -> Look:
    async def look(_ground: Ground) -> Finding:
        return finding

    return look


def raising(error: Exception) -> Look:
    async def look(_ground: Ground) -> Finding:
        raise error

    return look


async def run(*checks: Check, patience: timedelta = timedelta(seconds=10)) -> dict[str, Finding]:
    return {one.name: one for one in await examine(checks, GROUND, patience=patience)}


async def test_findings_bear_the_names_of_their_checks_in_order() -> None:
    found = await run(Check("b", saying(ok("fine"))), Check("a", saying(warn("old", "renew"))))
    assert list(found) == ["b", "a"]


async def test_what_rests_on_a_broken_part_is_skipped_all_the_way_up() -> None:
    found = await run(
        Check("ground", saying(fail("broken", "mend"))),
        Check("wall", saying(ok("fine")), needs=("ground",)),
        Check("roof", saying(ok("fine")), needs=("wall",)),
        Check("garden", saying(ok("fine"))),
    )
    assert [one.state for one in found.values()] == [State.FAIL, State.SKIPPED, State.SKIPPED, State.OK]
    assert "ground" in found["wall"].hint


async def test_what_rests_on_a_part_not_looked_at_is_not_looked_at_either() -> None:
    found = await run(Check("a", saying(skipped("not set"))), Check("b", saying(ok("fine")), needs=("a",)))
    assert found["b"].state is State.SKIPPED


async def test_what_rests_on_a_part_with_a_warning_is_looked_at() -> None:
    found = await run(Check("a", saying(warn("old", "x"))), Check("b", saying(ok("fine")), needs=("a",)))
    assert found["b"].state is State.OK


async def test_an_error_of_ours_is_told_with_its_hint() -> None:
    found = await run(Check("a", raising(Forbidden("no right", hint="grant it"))))
    assert (found["a"].state, found["a"].sentence, found["a"].hint) == (State.FAIL, "no right", "grant it")


async def test_a_bug_in_one_check_hides_no_other_and_repeats_no_text() -> None:
    found = await run(Check("a", raising(RuntimeError("hunter2"))), Check("b", saying(ok("fine"))))
    assert [one.state for one in found.values()] == [State.FAIL, State.OK]
    assert ("hunter2" in repr(found), "RuntimeError" in found["a"].sentence) == (False, True)


async def test_a_file_that_cannot_be_read_is_named() -> None:
    found = await run(Check("a", raising(PermissionError(13, "Permission denied", "var/keys"))))
    assert found["a"].sentence == "var/keys: Permission denied."


async def test_who_does_not_answer_in_time_fails_alone() -> None:
    async def forever(_ground: Ground) -> Finding:
        await asyncio.Event().wait()
        return ok("never")

    found = await run(
        Check("a", forever), Check("b", saying(ok("fine"))), patience=timedelta(milliseconds=20)
    )
    assert [one.state for one in found.values()] == [State.FAIL, State.OK]


async def test_checks_that_need_nothing_run_side_by_side() -> None:
    """Two that wait for each other both come to an end only if neither holds the other up."""
    meeting = asyncio.Barrier(2)

    async def meet(_ground: Ground) -> Finding:
        await meeting.wait()
        return ok("met")

    found = await run(Check("a", meet), Check("b", meet))
    assert {one.state for one in found.values()} == {State.OK}
