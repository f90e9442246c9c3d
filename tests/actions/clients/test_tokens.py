"""Tokens through MSAL: one in flight, refusals remembered for a moment, hints in plain words."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msal
import pytest
from pydantic import SecretStr

from actions.clients.credentials import secret
from actions.clients.tokens import MsalTokens, confidential_app
from actions.connect import tls
from actions.errors import CredentialRefused, OutsideError, Unreachable
from tests.actions.stage import WORLD, Time
from triage.sandbox.registrations import credentials
from triage.sandbox.server import running

GRAPH = "https://graph.microsoft.com/.default"


@dataclass
class FakeApp:
    """Answers with `results` one after the other, the last for ever; keeps what it was asked."""

    results: list[dict[str, Any] | Exception]
    asked: list[tuple[list[str], str | None]] = field(default_factory=list)
    removed: int = 0
    inside: threading.Lock = field(default_factory=threading.Lock)

    def acquire_token_for_client(
        self, scopes: list[str], claims_challenge: str | None = None
    ) -> dict[str, Any]:
        assert self.inside.acquire(blocking=False), "two requests were in flight"
        self.asked.append((scopes, claims_challenge))
        result = self.results[0] if len(self.results) == 1 else self.results.pop(0)
        self.inside.release()
        if isinstance(result, Exception):
            raise result
        return result

    def remove_tokens_for_client(self) -> None:
        self.removed += 1


def source(*results: dict[str, Any] | Exception) -> tuple[MsalTokens, FakeApp, Time]:
    app, time = FakeApp(list(results)), Time()
    return MsalTokens(lambda: app, time.clock), app, time


async def refusal(tokens: MsalTokens) -> OutsideError:
    with pytest.raises(OutsideError) as refused:
        await tokens.token(GRAPH)
    return refused.value


async def test_one_request_for_a_scope_is_in_flight() -> None:
    tokens, app, _ = source({"access_token": "t"})
    assert set(await asyncio.gather(*(tokens.token(GRAPH) for _ in range(50)))) == {"t"}
    assert app.asked[0] == ([GRAPH], None)


@pytest.mark.parametrize(
    ("error", "description", "code", "word"),
    [
        ("invalid_client", "AADSTS7000215: Invalid client secret canary", "AADSTS7000215", "secret"),
        ("invalid_client", "AADSTS7000222: expired canary", "AADSTS7000222", "expired"),
        ("unauthorized_client", "AADSTS700016: canary", "AADSTS700016", "client id"),
        ("invalid_client", "canary", "invalid_client", "doctor"),
    ],
)
async def test_a_refusal_says_what_to_do(error: str, description: str, code: str, word: str) -> None:
    tokens, _, _ = source({"error": error, "error_description": description})
    refused = await refusal(tokens)
    assert isinstance(refused, CredentialRefused)
    assert refused.code == code
    assert word in refused.hint
    assert "canary" not in f"{refused!r} {vars(refused)}"


async def test_a_refusal_stands_for_thirty_seconds_and_then_is_asked_again() -> None:
    tokens, app, time = source({"error": "invalid_client"}, {"access_token": "t"})
    await refusal(tokens)
    await refusal(tokens)
    assert len(app.asked) == 1
    time.now += timedelta(seconds=30)
    assert await tokens.token(GRAPH) == "t"


async def test_a_renewed_secret_is_taken_up_without_a_restart() -> None:
    time = Time()
    built = [FakeApp([{"error": "invalid_client"}]), FakeApp([{"access_token": "t"}])]
    tokens = MsalTokens(lambda: built.pop(0), time.clock)
    await refusal(tokens)
    time.now += timedelta(seconds=30)
    assert await tokens.token(GRAPH) == "t"
    assert built == []


async def test_the_application_is_built_once_for_all_scopes() -> None:
    built: list[FakeApp] = []

    def build() -> FakeApp:
        built.append(FakeApp([{"access_token": "t"}]))
        return built[-1]

    tokens = MsalTokens(build, Time().clock)
    await tokens.token("one")
    await tokens.token("two")
    assert len(built) == 1


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("down"),
        msal.exceptions.MsalServiceError("HTTP Error: 500", error=None, error_description=None),
        {"error": "temporarily_unavailable", "error_description": "AADSTS90033: transient"},
    ],
)
async def test_what_passes_by_itself_is_not_remembered(failure: dict[str, Any] | Exception) -> None:
    tokens, _, _ = source(failure, {"access_token": "t"})
    assert isinstance(await refusal(tokens), Unreachable)
    assert await tokens.token(GRAPH) == "t"


async def test_an_unknown_tenant_is_a_refusal() -> None:
    tokens, _, _ = source(ValueError("AADSTS90002: Tenant canary not found"))
    refused = await refusal(tokens)
    assert isinstance(refused, CredentialRefused)
    assert "tenant" in refused.hint


async def test_forgetting_is_rare_however_often_it_is_asked() -> None:
    tokens, app, time = source({"access_token": "t"})
    await tokens.forget(GRAPH)
    assert app.removed == 0
    await tokens.token(GRAPH)
    await asyncio.gather(*(tokens.forget(GRAPH) for _ in range(20)))
    assert app.removed == 1
    time.now += timedelta(seconds=30)
    await tokens.forget(GRAPH)
    assert app.removed == 2


async def test_a_claims_challenge_reaches_the_authority() -> None:
    tokens, app, _ = source({"access_token": "t"})
    await tokens.token(GRAPH, claims="{}")
    assert app.asked == [([GRAPH], "{}")]


async def test_msal_itself_gets_its_token_over_https_once(tmp_path: Path) -> None:
    def build(value: str, http: httpx.Client) -> Callable[[], Any]:
        return confidential_app(
            authority=f"{at.authority}/{at.tenant_id}",
            client_id=ours.client_id,
            credential=secret(SecretStr(value)),
            http=http,
            instance_discovery=False,
        )

    async with running(WORLD, tmp_path, clock=Time().clock) as sandbox:
        at, ours = sandbox.endpoints, credentials(sandbox.apps.tenant, "service")
        with httpx.Client(verify=tls(at.ca_file)) as http:
            tokens = MsalTokens(build(ours.secret, http), Time().clock)
            got = await asyncio.gather(*(tokens.token(GRAPH) for _ in range(20)))
            assert len(set(got)) == 1
            await tokens.forget(GRAPH)
            assert await tokens.token(GRAPH) not in got
            refused = await refusal(MsalTokens(build("wrong", http), Time().clock))
            assert refused.code == "AADSTS7000215"
