"""What is special about containment: whose account it is, and that both halves count."""

from __future__ import annotations

import pytest

from actions.catalogue.contain_account import ACTION, ContainAccount
from actions.contract import Seen, read_back
from tests.actions.catalogue.test_blockers import ADMIN, DORA, FREYA, GUEST, NOBODY, codes
from tests.actions.stage import Stage

PARAMS = ContainAccount(user_id=FREYA)


@pytest.mark.parametrize(
    ("user_id", "code"),
    [(DORA, "synced"), (ADMIN, "privileged_target"), (GUEST, "guest"), (NOBODY, "user_not_found")],
)
async def test_it_leaves_to_people(user_id: str, code: str, stage: Stage) -> None:
    assert code in await codes(ACTION, ContainAccount(user_id=user_id), stage)


async def test_half_of_it_is_not_done(stage: Stage) -> None:
    await stage.writing.graph.users.set_enabled(FREYA, enabled=False)
    assert (await read_back(ACTION, stage.reading, PARAMS, stage.run)).seen is Seen.ABSENT


async def test_sessions_revoked_with_the_sign_in_open_is_not_done(stage: Stage) -> None:
    await stage.writing.graph.users.revoke_sessions(FREYA)
    assert (await read_back(ACTION, stage.reading, PARAMS, stage.run)).seen is Seen.ABSENT


async def test_an_account_that_was_blocked_before_stays_blocked_after_undo(stage: Stage) -> None:
    await stage.writing.graph.users.set_enabled(FREYA, enabled=False)
    plan = await ACTION.plan(stage.reading, PARAMS)
    await ACTION.execute(stage.writing, PARAMS, stage.run)
    await ACTION.undo(stage.writing, PARAMS, plan.changes, stage.run)  # type: ignore[misc]  # it has one
    assert (await stage.reading.graph.users.get(FREYA)).account_enabled is False
