"""Every setting, typed: from the environment (`TRIAGE_*`, nested by `__`), `.env` and `triage.toml`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from triage.proof_settings import VerifiedIdSettings


class EntraSettings(BaseModel):
    """The tenant and our app registration in it."""

    tenant_id: str = Field(default="", description="Entra tenant id (GUID).")
    client_id: str = Field(default="", description="Application (client) id of our app registration.")
    managed_identity: str = Field(
        default="",
        description="`system`, or the client id of a user-assigned managed identity: Azure vouches for us.",
    )
    federated_token_file: Path | None = Field(
        default=None, description="File with a token of another issuer that Entra trusts (workload identity)."
    )
    certificate_file: Path | None = Field(
        default=None, description="PEM file with the private key and the certificate of our app registration."
    )
    client_secret_file: Path | None = Field(
        default=None,
        description="File with the client secret; read again when Entra refuses it, written by a rotation.",
    )
    client_secret: SecretStr | None = Field(
        default=None, description="Client secret, where no better credential is had."
    )
    authority: str = Field(
        default="https://login.microsoftonline.com",
        description="Login host; another one for national clouds.",
    )
    instance_discovery: bool = Field(
        default=True, description="Off only for an authority that Microsoft does not know (the sandbox)."
    )
    audience: str = Field(default="", description="Audience of tokens for our own API; empty: the client id.")


class CloudSettings(BaseModel):
    """Where Microsoft's APIs are; every national cloud differs in all of them."""

    graph_url: str = Field(default="https://graph.microsoft.com/v1.0", description="Base of Microsoft Graph.")
    graph_scope: str = Field(
        default="https://graph.microsoft.com/.default", description="Token scope for Graph."
    )
    arm_url: str = Field(default="https://management.azure.com", description="Azure Resource Manager.")
    arm_scope: str = Field(
        default="https://management.azure.com/.default", description="Token scope for ARM."
    )
    vault_url: str = Field(default="", description="Key Vault, for instance https://NAME.vault.azure.net.")
    vault_scope: str = Field(
        default="https://vault.azure.net/.default", description="Token scope for Key Vault."
    )
    subscription_id: str = Field(default="", description="Subscription of the Automation account.")
    resource_group: str = Field(default="", description="Resource group of the Automation account.")
    automation_account: str = Field(default="", description="Automation account, best a dedicated one.")
    worker_group: str = Field(default="", description="Hybrid worker group for Active Directory runbooks.")
    mail_sender: str = Field(default="", description="Mailbox (UPN) that sends notices.")


class ServiceNowSettings(BaseModel):
    """The ServiceNow instance and the integration user."""

    url: str = Field(
        default="", description="Base of the instance, for instance https://NAME.service-now.com."
    )
    client_id: str = Field(default="", description="OAuth client id.")
    client_secret: SecretStr | None = Field(default=None, description="OAuth client secret.")
    user: str = Field(
        default="triage.integration", description="User name of the integration user (own updates)."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="Shared secret that signs hints of changes; without it they are refused."
    )
    approvals: bool = Field(
        default=False,
        description="Ask managers and owners by approval records there too; needs the role approval_admin.",
    )
    security_group: str = Field(
        default="", description="Group that gets an incident of priority 1 when somebody probes the checks."
    )
    tables: tuple[str, ...] = Field(
        default=("incident", "sc_req_item"), description="Tables that are polled."
    )
    poll_every: timedelta = Field(default=timedelta(seconds=15), description="Pause between two polls.")
    overlap: timedelta = Field(default=timedelta(minutes=2), description="How far each poll reaches back.")
    since: AwareDatetime | None = Field(
        default=None,
        description="Where the very first poll of a table begins; empty: OVERLAP before the service starts.",
    )


class RotationSettings(BaseModel):
    """The life of our client secret: who hears of its end, and how it is renewed."""

    secret_name: str = Field(
        default="", description="Secret in Key Vault that a rotation keeps the client secret in; empty: none."
    )
    client_id: str = Field(
        default="",
        description="Registration whose secret is renewed, where another identity does that; empty: our own.",
    )
    scheduled: bool = Field(default=False, description="Renew by itself when the end comes near.")
    before: timedelta = Field(
        default=timedelta(days=45), description="How long before its end it is renewed."
    )
    lifetime: timedelta = Field(default=timedelta(days=180), description="Life of a new client secret.")
    overlap: timedelta = Field(
        default=timedelta(hours=1), description="How long the former secret stays good after the switch."
    )
    owners: str = Field(
        default="", description="ServiceNow group that gets an incident when a credential nears its end."
    )


class WebSettings(BaseModel):
    """The API and the pages."""

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        default="http://127.0.0.1:8080", description="How browsers reach us; used in links."
    )
    session: timedelta = Field(default=timedelta(hours=8), description="Lifetime of a sign-in.")


class ModelSettings(BaseModel):
    """What a new model version is held to before it serves."""

    golden_file: Path | None = Field(
        default=None, description="Labelled tickets a version must get right; without it those we ship."
    )
    replay_file: Path | None = Field(
        default=None, description="Recent tickets; how many automatic decisions change is counted on them."
    )
    max_changed: float = Field(
        default=0.1, ge=0.0, le=1.0, description="Share of the recent tickets that may be decided otherwise."
    )


class LimitSettings(BaseModel):
    """How long things may take or stay valid."""

    approval: timedelta = Field(
        default=timedelta(hours=4), description="Life of an approval of tier 1 and 2."
    )
    approval_credential: timedelta = Field(
        default=timedelta(minutes=15), description="Life of an approval of tier 3 and 4."
    )
    reminder: timedelta = Field(
        default=timedelta(hours=1), description="When somebody who was asked to agree is reminded."
    )
    escalation: timedelta = Field(
        default=timedelta(hours=4), description="When somebody who was asked counts as not to be reached."
    )
    review: timedelta = Field(
        default=timedelta(days=7),
        gt=timedelta(0),
        description="How long a review of tier 0 to 2 waits; the desk is reminded after half of it.",
    )
    review_credential: timedelta = Field(
        default=timedelta(days=1),
        gt=timedelta(0),
        description="How long a review of tier 3 or 4 waits; the desk is reminded after half of it.",
    )
    answer: timedelta = Field(
        default=timedelta(days=3), description="How long a requester may take to answer a question."
    )
    secret: timedelta = Field(default=timedelta(minutes=10), description="Life of a sealed one-time link.")
    objection: timedelta = Field(
        default=timedelta(days=7), description="How long somebody can say that a change was not theirs."
    )
    stalled: timedelta = Field(
        default=timedelta(seconds=30), description="Silence after which a worker counts as dead."
    )
    people: timedelta = Field(
        default=timedelta(minutes=2),
        description="How long somebody is known to decisions without a new look; effects always look anew.",
    )
    directory: timedelta = Field(
        default=timedelta(minutes=5), description="Age at which names are read again."
    )


class AuditSettings(BaseModel):
    """How the audit chain is signed, deposited outside and reconciled, and how long contents are kept."""

    sign_every: timedelta = Field(
        default=timedelta(minutes=10),
        gt=timedelta(0),
        le=timedelta(minutes=30),
        description="Pause between two signed checkpoints.",
    )
    anchor_file: Path | None = Field(
        default=None, description="File, best on storage that only adds, that gets each checkpoint."
    )
    anchor_command: tuple[str, ...] = Field(
        default=(), description="Command and arguments; it gets each checkpoint on standard input."
    )
    anchor_url: str = Field(default="", description="Address that each checkpoint is posted to as JSON.")
    keep_contents: timedelta = Field(
        default=timedelta(days=400),
        ge=timedelta(days=30),
        description="Age at which the contents of settled tickets are erased.",
    )


class Settings(BaseSettings):
    """All settings; build it once with `load_settings` and pass its parts down."""

    model_config = SettingsConfigDict(
        env_prefix="TRIAGE_",
        env_nested_delimiter="__",
        env_file=".env",
        toml_file="triage.toml",
        extra="ignore",
        frozen=True,
    )

    data_dir: Path = Field(
        default=Path("var"), description="Models, embedded PostgreSQL, keys, kill-switch file."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL of your own; without it an embedded one is started in the data dir.",
    )
    site_file: Path | None = Field(default=None, description="YAML file with the site's own facts.")
    playbooks_dir: Path | None = Field(
        default=None,
        description="Folder of *.yaml files: labels of your own, runbooks of your own.",
    )
    policy_dir: Path | None = Field(
        default=None, description="Folder of *.cedar files that tighten the policy."
    )
    policy_keys: Path | None = Field(
        default=None, description="PEM file of the public keys that may sign permits of the site's policy."
    )
    ca_file: Path | None = Field(
        default=None, description="Certificate authority to trust besides the system's."
    )
    entra: EntraSettings = EntraSettings()
    cloud: CloudSettings = CloudSettings()
    servicenow: ServiceNowSettings = ServiceNowSettings()
    web: WebSettings = WebSettings()
    models: ModelSettings = ModelSettings()
    limits: LimitSettings = LimitSettings()
    audit: AuditSettings = AuditSettings()
    rotation: RotationSettings = RotationSettings()
    verified_id: VerifiedIdSettings = VerifiedIdSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments beat the environment, then come `.env`, mounted secrets and `triage.toml`."""
        return (
            init_settings,
            env_settings,
            dotenv_settings,
            file_secret_settings,
            TomlConfigSettingsSource(settings_cls),
        )


def load_settings() -> Settings:
    """Read the settings now.

    Raises:
        pydantic.ValidationError: a value is of the wrong kind; the message names the setting.
    """
    return Settings()
