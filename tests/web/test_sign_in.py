"""When a sign-in counts as fresh: by what Entra says of it, never by our asking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from triage.clock import system_clock
from triage.errors import NotConfigured, NotSignedIn
from triage.sandbox.registrations import credentials
from triage.sandbox.server import Sandbox
from triage.settings import load_settings
from triage.web import session
from triage.web.callers import Caller
from triage.web.sign_in import SignIn

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


@pytest.mark.usefixtures("environment")
async def test_whose_fault_a_sign_in_that_fails_is_is_told(sandbox: Sandbox) -> None:
    door, tenant = SignIn(load_settings()), sandbox.apps.tenant
    flow = await door.start()
    answer = {"code": "made-up", "state": str(flow["state"])}
    with pytest.raises(NotSignedIn):
        await door.finish(flow, answer)

    tenant.apps[credentials(tenant, "service").client_id].secrets[0].end = system_clock()

    with pytest.raises(NotConfigured, match="own credential"):
        await door.finish(flow, answer)
