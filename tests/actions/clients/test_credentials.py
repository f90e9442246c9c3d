"""Ways to prove who we are: each ends in a token at the make-believe Entra, or in a sentence that helps."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from actions.clients.credentials import Identity, UnusableCredentialError
from actions.clients.tokens import MsalTokens, confidential_app, managed_identity
from actions.connect import tls
from actions.errors import CredentialRefused
from tests.actions.stage import WORLD
from triage.clock import system_clock
from triage.sandbox.records import AppRegistration
from triage.sandbox.registrations import credentials
from triage.sandbox.server import Sandbox, running

GRAPH = "https://graph.microsoft.com/.default"


@pytest.fixture
async def entra(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with running(WORLD, tmp_path / "sandbox") as served:
        yield served


def ours(entra: Sandbox) -> AppRegistration:
    return entra.apps.tenant.apps[credentials(entra.apps.tenant, "service").client_id]


async def token(entra: Sandbox, identity: Identity) -> str:
    """Ask for a token as the service does."""
    credential = identity.credential()
    assert credential is not None
    with httpx.Client(verify=tls(entra.endpoints.ca_file), timeout=30) as http:
        build = confidential_app(
            authority=f"{entra.endpoints.authority}/{entra.endpoints.tenant_id}",
            client_id=ours(entra).client_id,
            credential=credential,
            http=http,
            instance_discovery=False,
        )
        return await MsalTokens(build, system_clock).token(GRAPH)


def key_and_certificate() -> tuple[rsa.RSAPrivateKey, bytes, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "triage")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + timedelta(days=90),
    ).sign(key, hashes.SHA256())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return key, pem, made.public_bytes(serialization.Encoding.PEM)


async def test_a_certificate_in_a_file_opens_the_door(entra: Sandbox, tmp_path: Path) -> None:
    _, key, public = key_and_certificate()
    ours(entra).certificates.append(public)
    file = tmp_path / "ours.pem"
    file.write_bytes(key + public)
    assert await token(entra, Identity(certificate_file=file))


async def test_a_federated_token_is_read_anew_for_each_token(entra: Sandbox, tmp_path: Path) -> None:
    key, _, public = key_and_certificate()
    app, file = ours(entra), tmp_path / "federated"
    app.certificates.append(public)
    claims = {
        "iss": app.client_id,
        "sub": app.client_id,
        "aud": f"{entra.endpoints.authority}/{entra.endpoints.tenant_id}/v2.0",
        "jti": str(uuid.uuid4()),
        "exp": datetime.now(UTC) + timedelta(minutes=5),
    }
    file.write_text("not renewed yet", encoding="utf-8")
    with pytest.raises(CredentialRefused):
        await token(entra, Identity(federated_token_file=file))
    file.write_text(jwt.encode(claims, key, algorithm="RS256") + "\n", encoding="utf-8")
    assert await token(entra, Identity(federated_token_file=file))


async def test_a_secret_in_a_file_opens_the_door(entra: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{credentials(entra.apps.tenant, 'service').secret}\n", encoding="utf-8")
    assert await token(entra, Identity(secret_file=file))


async def test_a_secret_that_was_replaced_in_its_file_is_taken_up_in_the_same_call(
    entra: Sandbox, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    value = credentials(entra.apps.tenant, "service").secret
    file.write_text(value, encoding="utf-8")
    with httpx.Client(verify=tls(entra.endpoints.ca_file), timeout=30) as http:
        credential = Identity(secret_file=file).credential()
        assert credential is not None
        build = confidential_app(
            authority=f"{entra.endpoints.authority}/{entra.endpoints.tenant_id}",
            client_id=ours(entra).client_id,
            credential=credential,
            http=http,
            instance_discovery=False,
        )
        file.write_text("an old one", encoding="utf-8")
        tokens = MsalTokens(build, system_clock)
        await asyncio.to_thread(tokens._built)  # as it stood before the file was replaced
        file.write_text(value, encoding="utf-8")
        assert await tokens.token(GRAPH)


@pytest.mark.parametrize("content", [None, "", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"])
def test_a_file_without_a_credential_is_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ours.pem"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    credential = Identity(certificate_file=file).credential()
    assert credential is not None
    with pytest.raises(UnusableCredentialError, match=r"ours\.pem"):
        credential()


def test_what_needs_no_secret_goes_before_what_does(tmp_path: Path) -> None:
    secret = SecretStr("canary")
    found = Identity(federated_token_file=tmp_path / "f", secret_file=tmp_path / "s", secret=secret)
    credential = found.credential()
    assert credential is not None
    assert isinstance(credential(), dict)
    assert "canary" not in repr(found)


@pytest.mark.parametrize("client_id", ["", "11111111-1111-1111-1111-111111111111"])
async def test_a_managed_identity_asks_the_machine_and_no_authority(
    monkeypatch: pytest.MonkeyPatch, client_id: str
) -> None:
    asked: list[httpx.Request] = []

    def metadata(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"access_token": "t", "expires_in": "3599", "resource": "r"})

    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT", "MSI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    with httpx.Client(transport=httpx.MockTransport(metadata)) as http:
        tokens = MsalTokens(managed_identity(client_id, http), system_clock)
        assert {await tokens.token(GRAPH) for _ in range(3)} == {"t"}
    (request,) = asked
    assert request.url.host == "169.254.169.254"
    assert request.url.params["resource"] == "https://graph.microsoft.com"
    assert request.url.params.get("client_id", "") == client_id


async def test_where_there_is_no_managed_identity_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT", "MSI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    refusing = httpx.MockTransport(lambda _: httpx.Response(400, json={}))
    with httpx.Client(transport=refusing) as http, pytest.raises(CredentialRefused):
        await MsalTokens(managed_identity("", http), system_clock).token(GRAPH)
