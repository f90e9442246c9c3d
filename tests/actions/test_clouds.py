"""National clouds: with the settings of docs/how-to/national-clouds.md nothing goes anywhere else."""

from __future__ import annotations

import re
import tomllib
import uuid
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from actions.clients.gate import InMemoryGate
from actions.clients.pacing import Pacing
from actions.connect import connect
from actions.errors import OutsideError
from tests.actions.stage import Time
from triage.access import entra_tokens, places
from triage.settings import Settings

PAGE = Path("docs/how-to/national-clouds.md").read_text("utf-8")
CLOUDS = [tomllib.loads(one) for one in re.findall(r"```toml\n(# .*?)```", PAGE, re.DOTALL)]
SOMEBODY, GROUP = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))


class Recorder(httpx.AsyncBaseTransport):
    """Answers everything with an empty object and keeps what was asked."""

    def __init__(self) -> None:
        self.sent: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return httpx.Response(200, json={})


class Asked:
    """A token source that keeps the scopes it was asked for."""

    def __init__(self) -> None:
        self.scopes: set[str] = set()

    async def token(self, scope: str, *, claims: str = "") -> str:  # noqa: ARG002 - the protocol has it
        self.scopes.add(scope)
        return "token"

    async def forget(self, scope: str) -> None:
        """Forget nothing."""


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: str(httpx.URL(cloud["cloud"]["graph_url"]).host))
async def test_everything_goes_to_the_hosts_of_the_cloud(cloud: dict[str, dict[str, str]]) -> None:
    settings, wire, tokens, time = Settings.model_validate(cloud), Recorder(), Asked(), Time()
    outside = connect(
        places(settings),
        tokens=tokens,
        servicenow_tokens=tokens,
        gate=InMemoryGate(),
        pacing=Pacing(time.clock, time.sleep, lambda: 0.5),
        transport=wire,
        remember=timedelta(),
    )
    world = outside.writing(uuid.UUID(int=3))
    for call in (
        world.graph.groups.add_member(GROUP, SOMEBODY),
        world.graph.users.set_manager(SOMEBODY, SOMEBODY),
        world.automation.job(uuid.UUID(int=3)),
        world.vault.set("name", SecretStr("value")),
    ):
        with suppress(OutsideError):  # an empty object is no answer to some of them
            await call

    told = cloud["cloud"]
    named = {httpx.URL(told[one]).host for one in ("graph_url", "arm_url", "vault_url")}
    assert {request.url.host for request in wire.sent} == named
    assert tokens.scopes == {told["graph_scope"], told["arm_scope"], told["vault_scope"]}
    bodies = " ".join(request.content.decode() for request in wire.sent)
    linked = {httpx.URL(url).host for url in re.findall(r'https://[^"]+', bodies)}
    assert linked == {httpx.URL(told["graph_url"]).host}


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: str(httpx.URL(cloud["entra"]["authority"]).host))
async def test_tokens_are_asked_of_the_authority_of_the_cloud(cloud: dict[str, dict[str, str]]) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(503)

    ours = {"tenant_id": SOMEBODY, "client_id": GROUP, "client_secret": "x"}
    settings = Settings.model_validate({**cloud, "entra": {**cloud["entra"], **ours}})
    with httpx.Client(transport=httpx.MockTransport(answer)) as http, suppress(OutsideError):
        await entra_tokens(settings, http, Time().clock).token(settings.cloud.graph_scope)

    assert set(asked) == {httpx.URL(cloud["entra"]["authority"]).host}
