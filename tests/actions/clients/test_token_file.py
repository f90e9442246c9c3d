"""Tokens of all processes of a machine: asked for once a lifetime, and never in clear on the disk."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from actions.clients.bearer import app_roles
from actions.clients.credentials import secret_in
from actions.clients.token_file import TokenFile
from actions.clients.tokens import MsalTokens, confidential_app
from actions.connect import tls
from tests.actions.stage import WORLD, Time
from triage.sandbox.registrations import GRAPH, credentials
from triage.sandbox.server import Sandbox, running

SCOPE = f"{GRAPH}/.default"
KEY = bytes(range(32))
Open = Callable[[], MsalTokens]

WORKER = """
import asyncio, sys
from triage.access import authority_client, entra_tokens, shared_tokens
from triage.clock import system_clock
from triage.settings import load_settings

async def main():
    settings = load_settings()
    with authority_client(settings) as http:
        tokens = entra_tokens(settings, http, system_clock, shared_tokens(settings))
        got = await asyncio.gather(*(tokens.token(settings.cloud.graph_scope) for _ in range(200)))
    print(len(set(got)), hash(got[0]))

asyncio.run(main())
"""


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def entra(tmp_path: Path, time: Time) -> AsyncIterator[Sandbox]:
    async with running(WORLD, tmp_path / "sandbox", clock=time.clock) as served:
        yield served


@pytest.fixture
def opened(entra: Sandbox, tmp_path: Path, time: Time) -> Iterator[Open]:
    """Return what makes a token source as another process of the same machine would have it."""
    known, at = credentials(entra.apps.tenant, "service"), entra.endpoints
    (tmp_path / "secret").write_text(known.secret, encoding="utf-8")
    with httpx.Client(verify=tls(at.ca_file), timeout=30) as http:

        def make() -> MsalTokens:
            file = TokenFile(tmp_path / "keys" / "tokens", KEY)
            build = confidential_app(
                authority=f"{at.authority}/{at.tenant_id}",
                client_id=known.client_id,
                credential=secret_in(tmp_path / "secret"),
                http=http,
                instance_discovery=False,
                cache=file.cache,
            )
            return MsalTokens(build, time.clock, file.held)

        yield make


def issued(entra: Sandbox) -> int:
    """Count the tokens Entra made out."""
    return entra.apps.tenant.counters.get("token", 0)


async def test_two_hundred_callers_in_each_of_two_workers_cost_one_request(
    sandbox: Sandbox, environment: dict[str, str]
) -> None:
    workers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, stdout=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    told = {(await worker.communicate())[0].split()[0] for worker in workers}
    assert told == {b"1"}
    assert issued(sandbox) == 1


async def test_what_one_process_got_serves_the_next(entra: Sandbox, opened: Open) -> None:
    assert await opened().token(SCOPE) == await opened().token(SCOPE)
    assert issued(entra) == 1


async def test_even_a_token_of_seconds_is_asked_for_once_in_half_its_life(
    entra: Sandbox, opened: Open, time: Time
) -> None:
    entra.apps.issuer.lifetime = timedelta(seconds=20)
    tokens = opened()
    for _ in range(2):
        await asyncio.gather(*(tokens.token(SCOPE) for _ in range(50)))
        time.now += timedelta(seconds=11)
    assert issued(entra) == 2


async def test_consent_given_meanwhile_is_seen_after_forgetting_in_every_process(
    entra: Sandbox, opened: Open
) -> None:
    app = entra.apps.tenant.apps[credentials(entra.apps.tenant, "service").client_id]
    app.granted[GRAPH] = set()
    first, second = opened(), opened()
    assert app_roles(await first.token(SCOPE)) == frozenset()
    await second.token(SCOPE)
    app.granted[GRAPH] = {"User.Read.All"}
    await first.forget(SCOPE)
    assert app_roles(await first.token(SCOPE)) == frozenset({"User.Read.All"})
    assert app_roles(await opened().token(SCOPE)) == frozenset({"User.Read.All"})


async def test_a_storm_of_one_claims_challenge_costs_one_request(entra: Sandbox, opened: Open) -> None:
    tokens = opened()
    await tokens.token(SCOPE)
    got = await asyncio.gather(*(tokens.token(SCOPE, claims='{"access_token":{}}') for _ in range(50)))
    assert (len(set(got)), issued(entra)) == (1, 2)


async def test_the_file_is_private_and_tells_nothing(opened: Open, tmp_path: Path) -> None:
    token = await opened().token(SCOPE)
    file = tmp_path / "keys" / "tokens"
    assert file.stat().st_mode & 0o077 == 0
    assert not any(part in file.read_bytes() for part in (token.encode(), b"Bearer", b"AccessToken"))


@pytest.mark.parametrize("content", [b"", b"garbage", bytes(100)])
async def test_a_spoilt_file_costs_a_request_and_no_more(
    entra: Sandbox, opened: Open, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "tokens").write_bytes(content)
    await opened().token(SCOPE)
    await opened().token(SCOPE)
    assert issued(entra) == 1
