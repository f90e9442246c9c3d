"""When a sign-in counts as fresh: by what Entra says of it, never by our asking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from triage.web import session
from triage.web.callers import Caller

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "fresh"),
    [(NOW - timedelta(minutes=14), True), (NOW - timedelta(minutes=16), False), (None, False)],
)
def test_a_sign_in_is_fresh_only_when_entra_tells_that_credentials_were_just_shown(
    at: datetime | None, fresh: bool
) -> None:
    request = Request({"type": "http", "session": {}})
    caller = Caller("id", "Uma", "uma@corp.example", frozenset())
    session.sign_in(request, caller, at=at, until=NOW + timedelta(hours=8))

    assert session.fresh(request, lambda: NOW) is fresh
