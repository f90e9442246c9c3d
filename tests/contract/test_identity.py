"""MSAL and azure-identity sign in at the sandbox by secret and certificate, and get Entra's own refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import msal
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientAssertionCredential, WorkloadIdentityCredential
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.contract.conftest import Made
from tests.contract.proofs import proves
from triage.sandbox.records import AppRegistration, FederatedTrust
from triage.sandbox.registrations import GRAPH, credentials
from triage.sandbox.server import Sandbox

CLIENT = "msal"
SCOPE = f"{GRAPH}/.default"
CLUSTER, POD = "https://oidc.cluster.test", "system:serviceaccount:desk:triage"


@pytest.fixture(scope="module")
def certificate() -> tuple[str, str]:
    """A private key and its self-signed certificate, both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ticket triage")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), made.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def app_of(sandbox: Sandbox) -> Made:
    """Make MSAL's confidential client with this credential."""

    def make(credential: Any) -> msal.ConfidentialClientApplication:
        known = credentials(sandbox.apps.tenant, "service")
        return msal.ConfidentialClientApplication(
            known.client_id,
            client_credential=credential,
            authority=f"{sandbox.endpoints.authority}/{sandbox.apps.tenant.id}",
            instance_discovery=False,
            verify=str(sandbox.endpoints.ca_file),
        )

    return make


@pytest.fixture
def registered(service: AppRegistration, certificate: tuple[str, str]) -> Iterator[None]:
    service.certificates.append(certificate[1].encode())
    yield
    service.certificates.clear()


@proves("tokens.secret")
def test_msal_gets_a_token_by_secret_and_keeps_it(sandbox: Sandbox, app_of: Made) -> None:
    app = app_of(credentials(sandbox.apps.tenant, "service").secret)
    first, second = (app.acquire_token_for_client([SCOPE]) for _ in range(2))
    claims = jwt.decode(first["access_token"], options={"verify_signature": False})
    assert (first["token_source"], second["token_source"]) == ("identity_provider", "cache")
    assert (claims["aud"], claims["tid"]) == (GRAPH, sandbox.apps.tenant.id)
    assert "User.Read.All" in claims["roles"]
    assert "refresh_token" not in first


@proves("tokens.certificate")
@pytest.mark.usefixtures("registered")
def test_msal_gets_a_token_by_certificate(app_of: Made, certificate: tuple[str, str]) -> None:
    key, public = certificate
    app = app_of({"private_key": key, "public_certificate": public})
    assert app.acquire_token_for_client([SCOPE])["token_type"] == "Bearer"


@pytest.mark.usefixtures("registered")
def test_azure_identity_gets_a_token_by_certificate(
    sandbox: Sandbox, certificate: tuple[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "certificate.pem"
    path.write_text("".join(certificate))
    with CertificateCredential(
        sandbox.apps.tenant.id,
        credentials(sandbox.apps.tenant, "service").client_id,
        str(path),
        authority=sandbox.endpoints.authority,
        disable_instance_discovery=True,
        connection_verify=str(sandbox.endpoints.ca_file),
    ) as credential:
        assert credential.get_token(SCOPE).token


def test_a_certificate_nobody_registered_is_refused(app_of: Made, certificate: tuple[str, str]) -> None:
    key, public = certificate
    answer = app_of({"private_key": key, "public_certificate": public}).acquire_token_for_client([SCOPE])
    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [700027])


def test_a_wrong_secret_and_an_expired_one_are_told_apart(
    sandbox: Sandbox, app_of: Made, service: AppRegistration
) -> None:
    wrong = app_of("guess").acquire_token_for_client([SCOPE])
    ends = [secret.end for secret in service.secrets]
    service.secrets[0].end = datetime.now(UTC) - timedelta(seconds=1)
    expired = app_of(credentials(sandbox.apps.tenant, "service").secret).acquire_token_for_client([SCOPE])
    service.secrets[0].end = ends[0]
    assert (wrong["error_codes"], expired["error_codes"]) == ([7000215], [7000222])


def test_azure_identity_raises_its_own_error(sandbox: Sandbox, credential_of: Made) -> None:
    with pytest.raises(ClientAuthenticationError, match="AADSTS1002012"):
        credential_of("service").get_token(GRAPH)


def test_without_consent_there_is_a_token_without_roles(credential_of: Made) -> None:
    token = credential_of("script").get_token(SCOPE).token
    assert "roles" not in jwt.decode(token, options={"verify_signature": False})


@pytest.fixture
def token_of(service: AppRegistration, certificate: tuple[str, str]) -> Iterator[Callable[[str], str]]:
    """Make tokens as a cluster does for its pods; our app trusts that cluster for one of them."""
    key = serialization.load_pem_private_key(certificate[0].encode(), None)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    def make(subject: str) -> str:
        ends = datetime.now(UTC) + timedelta(hours=1)
        claims = {"iss": CLUSTER, "sub": subject, "aud": "api://AzureADTokenExchange", "exp": ends}
        return jwt.encode(claims, certificate[0], "RS256")

    service.trusts.append(FederatedTrust(CLUSTER, POD, public))
    yield make
    service.trusts.clear()


@proves("tokens.federated", by="azure-identity")
def test_azure_identity_gets_a_token_for_the_token_of_a_cluster(
    sandbox: Sandbox, token_of: Callable[[str], str], tmp_path: Path
) -> None:
    path = tmp_path / "token"
    path.write_text(token_of(POD))
    with WorkloadIdentityCredential(
        tenant_id=sandbox.apps.tenant.id,
        client_id=credentials(sandbox.apps.tenant, "service").client_id,
        token_file_path=str(path),
        authority=sandbox.endpoints.authority,
        disable_instance_discovery=True,
        connection_verify=str(sandbox.endpoints.ca_file),
    ) as credential:
        assert credential.get_token(SCOPE).token


def test_a_cluster_vouches_for_nobody_else(sandbox: Sandbox, token_of: Callable[[str], str]) -> None:
    with (
        ClientAssertionCredential(
            sandbox.apps.tenant.id,
            credentials(sandbox.apps.tenant, "service").client_id,
            lambda: token_of("system:serviceaccount:desk:other"),
            authority=sandbox.endpoints.authority,
            disable_instance_discovery=True,
            connection_verify=str(sandbox.endpoints.ca_file),
        ) as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS70021"),
    ):
        credential.get_token(SCOPE)
