"""What is special about automatic replies: days, words in HTML, and mailboxes that are not there."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from actions.catalogue.set_automatic_replies import ACTION, SetAutomaticReplies, State
from tests.actions.catalogue.test_blockers import FREYA, GUEST, NOBODY, codes
from tests.actions.stage import Stage

MONDAY, FRIDAY = date(2026, 12, 7), date(2026, 12, 11)


def asked(
    user_id: str = FREYA,
    *,
    state: State = State.ENABLED,
    start: date | None = None,
    end: date | None = None,
    message: str = "",
) -> SetAutomaticReplies:
    return SetAutomaticReplies(user_id=user_id, state=state, start=start, end=end, message=message)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        (asked(NOBODY), "user_not_found"),
        (asked(GUEST), "no_mailbox"),
        (asked(start=FRIDAY, end=MONDAY), "days_reversed"),
        (asked(start=MONDAY), "no_last_day"),
        (asked(state=State.DISABLED, start=MONDAY, end=FRIDAY), "no_last_day"),
    ],
)
async def test_it_says_why_it_cannot_answer(params: SetAutomaticReplies, code: str, stage: Stage) -> None:
    assert await codes(ACTION, params, stage) == {code}


async def test_a_message_is_text_whatever_it_looks_like(stage: Stage) -> None:
    params = asked(message="<script>alert(1)</script>\nSee you & bye")
    await ACTION.execute(stage.writing, params, stage.run)
    setting = stage.apps.tenant.users[FREYA]["mailboxSettings"]["automaticRepliesSetting"]
    assert "<script>" not in setting["internalReplyMessage"]
    assert (await ACTION.plan(stage.reading, params)).empty


async def test_a_message_that_stands_there_is_kept(stage: Stage) -> None:
    await ACTION.execute(stage.writing, asked(message="At the fair."), stage.run)
    await ACTION.execute(stage.writing, asked(state=State.DISABLED), stage.run)
    plan = await ACTION.plan(stage.reading, asked(end=FRIDAY))
    assert "message" not in {change.field for change in plan.changes}


async def test_switching_off_changes_nothing_else(stage: Stage) -> None:
    await ACTION.execute(stage.writing, asked(message="At the fair."), stage.run)
    plan = await ACTION.plan(stage.reading, asked(state=State.DISABLED))
    assert [(change.field, change.after) for change in plan.changes] == [("automatic replies", "disabled")]


async def test_who_is_outside_gets_no_reply(stage: Stage) -> None:
    await ACTION.execute(stage.writing, asked(), stage.run)
    replies = await stage.reading.graph.mailboxes.automatic_replies(FREYA)
    assert replies.external_audience == "none"


@pytest.mark.parametrize("message", ["x" * 1001, "a\x00b"])
def test_a_message_is_bounded(message: str) -> None:
    with pytest.raises(ValidationError):
        asked(message=message)
