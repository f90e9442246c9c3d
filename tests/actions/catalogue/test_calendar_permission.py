"""What is special about calendars: whom they are not opened to, and the access somebody already has."""

from __future__ import annotations

import pytest

from actions.catalogue.set_calendar_permission import ACTION, Access, SetCalendarPermission
from actions.clients.graph.calendars import Holder
from actions.errors import Conflict
from tests.actions.catalogue.test_blockers import FREYA, GUEST, NOBODY, codes
from tests.actions.stage import Stage

EMRE = "2a7bae1f-16d9-598f-acfe-c4f333ef0c01"


def asked(owner: str = FREYA, trustee: str = EMRE, access: Access = Access.REVIEWER) -> SetCalendarPermission:
    return SetCalendarPermission(owner_id=owner, trustee_id=trustee, access=access)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        (asked(owner=NOBODY), "user_not_found"),
        (asked(trustee=NOBODY), "user_not_found"),
        (asked(owner=GUEST), "no_mailbox"),
        (asked(trustee=GUEST), "no_colleague"),
        (asked(trustee=FREYA), "own_calendar"),
    ],
)
async def test_it_says_why_it_cannot_share(params: SetCalendarPermission, code: str, stage: Stage) -> None:
    assert await codes(ACTION, params, stage) == {code}


async def test_undo_gives_back_the_access_there_was(stage: Stage) -> None:
    await ACTION.execute(stage.writing, asked(), stage.run)
    before = stage.directory()
    more = asked(access=Access.EDITOR)
    plan = await ACTION.plan(stage.reading, more)
    assert [(change.before, change.after) for change in plan.changes] == [("Reviewer", "Editor")]
    await ACTION.execute(stage.writing, more, stage.run)
    await ACTION.undo(stage.writing, more, plan.changes, stage.run)  # type: ignore[misc]  # it has one
    assert stage.directory() == before


async def test_undo_gives_back_a_role_that_outlook_alone_can_set(stage: Stage) -> None:
    await ACTION.execute(stage.writing, asked(), stage.run)
    held = stage.apps.tenant.users[FREYA]["calendarPermissions"][-1]
    held["role"] = "delegateWithPrivateEventAccess"
    before = stage.directory()
    plan = await ACTION.plan(stage.reading, asked())
    await ACTION.execute(stage.writing, asked(), stage.run)
    await ACTION.undo(stage.writing, asked(), plan.changes, stage.run)  # type: ignore[misc]  # it has one
    assert stage.directory() == before


async def test_a_permission_somebody_else_gave_meanwhile_is_not_overwritten(stage: Stage) -> None:
    emre = stage.apps.tenant.users[EMRE]
    holder = Holder(name=emre["displayName"], address=emre["mail"])
    await stage.writing.graph.calendars.grant(FREYA, holder, "write")
    with pytest.raises(Conflict):
        await stage.writing.graph.calendars.grant(FREYA, holder, "read")
