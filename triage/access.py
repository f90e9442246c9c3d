"""Who we are to everything outside, and where that is, from the settings; nothing is asked yet."""

from __future__ import annotations

from typing import TypeVar

import httpx
from pydantic import SecretStr

from actions.clients.credentials import Identity
from actions.clients.oauth import OAuthTokens
from actions.clients.token_file import TokenFile
from actions.clients.tokens import MsalTokens, confidential_app, managed_identity
from actions.connect import Places, tls
from triage.clock import Clock
from triage.errors import NotConfigured
from triage.keyfile import key_file
from triage.settings import Settings

T = TypeVar("T")
_OF_THE_MACHINE = "system"


def entra_tokens(
    settings: Settings, http: httpx.Client, clock: Clock, shared: TokenFile | None = None
) -> MsalTokens:
    """Return the token source of our app registration; nothing is asked yet.

    Args:
        settings: tenant, registration and what it proves itself with.
        http: asks the authority.
        clock: the service's.
        shared: where tokens are kept for all processes of this machine; without, in memory.

    Raises:
        NotConfigured: no credential is set.
    """
    entra, cache = settings.entra, shared.cache if shared else None
    if entra.managed_identity:
        assigned = entra.managed_identity.removeprefix(_OF_THE_MACHINE)
        build_app = managed_identity(assigned, http, cache)
    else:
        build_app = confidential_app(
            authority=f"{entra.authority.rstrip('/')}/{entra.tenant_id}",
            client_id=entra.client_id,
            credential=_needed(identity(settings).credential(), "TRIAGE_ENTRA__CLIENT_SECRET"),
            http=http,
            instance_discovery=entra.instance_discovery,
            cache=cache,
        )
    return MsalTokens(build_app, clock, shared.held) if shared else MsalTokens(build_app, clock)


def identity(settings: Settings) -> Identity:
    """Return what our app registration proves itself with."""
    entra = settings.entra
    return Identity(
        federated_token_file=entra.federated_token_file,
        certificate_file=entra.certificate_file,
        secret_file=entra.client_secret_file,
        secret=entra.client_secret,
    )


def secret_in_use(settings: Settings) -> SecretStr:
    """Return the client secret the service works with, or an empty one where it works with something else."""
    entra = settings.entra
    if entra.managed_identity or entra.federated_token_file or entra.certificate_file:
        return SecretStr("")
    if entra.client_secret_file is not None:
        try:
            return SecretStr(entra.client_secret_file.read_text("utf-8").strip())
        except (OSError, UnicodeDecodeError):
            return SecretStr("")
    return entra.client_secret or SecretStr("")


def shared_tokens(settings: Settings) -> TokenFile:
    """Return where the tokens of our app registration lie for all processes of this machine."""
    lost = "Delete it: another is made, and tokens are asked for anew."
    folder = settings.data_dir / "keys"
    return TokenFile(folder / "tokens", key_file(folder / "tokens.key", lost=lost))


def servicenow_tokens(settings: Settings, http: httpx.AsyncClient, clock: Clock) -> OAuthTokens:
    """Return the token source of the ServiceNow integration; nothing is asked yet.

    Raises:
        NotConfigured: an instance is named, and no credential for it.
    """
    servicenow = settings.servicenow
    given = servicenow.client_secret or SecretStr("")
    return OAuthTokens(
        name="ServiceNow",
        url=f"{servicenow.url.rstrip('/')}/oauth_token.do",
        client_id=servicenow.client_id,
        client_secret=_needed(given, "TRIAGE_SERVICENOW__CLIENT_SECRET") if servicenow.url else given,
        http=http,
        clock=clock,
    )


def authority_client(settings: Settings) -> httpx.Client:
    """Return what asks Entra; a managed identity is asked for on this machine, past any proxy."""
    return httpx.Client(
        verify=tls(settings.ca_file), timeout=30.0, trust_env=not settings.entra.managed_identity
    )


def _needed(value: T | None, setting: str) -> T:
    if not value:
        raise NotConfigured(
            f"{setting} is not set", hint="See docs/reference for all settings.", subject=setting
        )
    return value


def places(settings: Settings) -> Places:
    """Return where everything outside is."""
    cloud = settings.cloud
    return Places(
        graph_url=cloud.graph_url,
        graph_scope=cloud.graph_scope,
        arm_url=cloud.arm_url,
        arm_scope=cloud.arm_scope,
        vault_url=cloud.vault_url,
        vault_scope=cloud.vault_scope,
        servicenow_url=settings.servicenow.url,
        subscription_id=cloud.subscription_id,
        resource_group=cloud.resource_group,
        automation_account=cloud.automation_account,
        worker_group=cloud.worker_group,
        verified_id_url=settings.verified_id.url,
        verified_id_scope=settings.verified_id.scope,
    )
