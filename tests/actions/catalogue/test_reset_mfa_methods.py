"""What is special about second factors: whose are never touched, and that none stays behind unsaid."""

from __future__ import annotations

import pytest

from actions.catalogue.reset_mfa_methods import ACTION, ResetMfaMethods
from actions.contract import Seen, read_back
from actions.errors import Refused
from tests.actions.catalogue.test_blockers import ADMIN, FREYA, GUEST, NOBODY, codes
from tests.actions.stage import Stage
from triage.sandbox.factors import PASSWORD_METHOD

PARAMS = ResetMfaMethods(user_id=FREYA)
STRANGE = {"@odata.type": "#microsoft.graph.platformCredentialAuthenticationMethod", "id": "strange"}


@pytest.mark.parametrize(
    ("user_id", "code"),
    [(ADMIN, "privileged_target"), (GUEST, "guest"), (NOBODY, "user_not_found")],
)
async def test_a_factor_is_not_reset_for(user_id: str, code: str, stage: Stage) -> None:
    assert code in await codes(ACTION, ResetMfaMethods(user_id=user_id), stage)


async def test_the_password_alone_is_left(stage: Stage) -> None:
    await ACTION.execute(stage.writing, PARAMS, stage.run)
    left = stage.apps.tenant.users[FREYA]["authenticationMethods"]
    assert [method["id"] for method in left] == [PASSWORD_METHOD]


async def test_where_there_is_no_factor_there_is_nothing_to_do(stage: Stage) -> None:
    await ACTION.execute(stage.writing, PARAMS, stage.run)
    assert (await ACTION.plan(stage.reading, PARAMS)).empty


async def test_a_method_we_may_not_remove_stops_it_before_anything_is_done(stage: Stage) -> None:
    stage.apps.tenant.users[FREYA]["authenticationMethods"].append(STRANGE)
    assert await codes(ACTION, PARAMS, stage) == {"unknown_method"}


async def test_a_method_added_meanwhile_is_not_passed_over(stage: Stage) -> None:
    stage.apps.tenant.users[FREYA]["authenticationMethods"].append(STRANGE)
    with pytest.raises(Refused):
        await ACTION.execute(stage.writing, PARAMS, stage.run)
    seen = await read_back(ACTION, stage.reading, PARAMS, stage.run)
    assert (seen.seen, "platformCredential" in seen.detail) == (Seen.ABSENT, True)


async def test_methods_gone_with_sessions_still_open_are_not_done(stage: Stage) -> None:
    del stage.apps.tenant.users[FREYA]["authenticationMethods"][1:]
    seen = await read_back(ACTION, stage.reading, PARAMS, stage.run)
    assert seen.seen is Seen.ABSENT
