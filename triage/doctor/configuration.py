"""Looks at what people wrote: the settings and how they fit together, the authorities, the site file."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta

import httpx

from triage.access import identity
from triage.app import load_site
from triage.doctor.examine import Check
from triage.doctor.finding import Finding, fail, ok, skipped, warn
from triage.doctor.ground import Ground, usable
from triage.doctor.needs import needed_runbooks, vault_users
from triage.errors import BadInput
from triage.intake.servicenow import fields_of
from triage.settings import Settings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_VAULT_NAME = re.compile("[0-9A-Za-z-]{1,127}")
_LEAST_OVERLAP = timedelta(minutes=1)
_HINT = "docs/reference/settings.md explains each setting."


async def _settings(ground: Ground) -> Finding:
    absent, wrong = list(_absent(ground.settings)), list(_wrong(ground.settings))
    if absent:
        return fail(f"Not set: {', '.join(absent)}.", _HINT)
    if wrong:
        return fail(" ".join(wrong), _HINT)
    doubts = list(_doubts(ground.settings))
    return warn(" ".join(doubts), _HINT) if doubts else ok("Everything needed is set and fits together.")


def _absent(settings: Settings) -> Iterator[str]:
    """Name the variables of settings without which an enabled action or the service itself cannot work."""
    entra, cloud, servicenow = settings.entra, settings.cloud, settings.servicenow
    values: dict[str, object] = {
        "TRIAGE_SITE_FILE": settings.site_file,
        "TRIAGE_ENTRA__TENANT_ID": entra.tenant_id,
        "TRIAGE_ENTRA__CLIENT_ID": entra.client_id,
        "TRIAGE_ENTRA__CLIENT_SECRET": identity(settings).credential() or entra.managed_identity,
        "TRIAGE_CLOUD__MAIL_SENDER": cloud.mail_sender,
        "TRIAGE_SERVICENOW__URL": servicenow.url,
        "TRIAGE_SERVICENOW__CLIENT_ID": servicenow.client_id,
        "TRIAGE_SERVICENOW__CLIENT_SECRET": servicenow.client_secret,
        "TRIAGE_SERVICENOW__USER": servicenow.user,
    }
    if needed_runbooks():
        values |= {
            "TRIAGE_CLOUD__SUBSCRIPTION_ID": cloud.subscription_id,
            "TRIAGE_CLOUD__RESOURCE_GROUP": cloud.resource_group,
            "TRIAGE_CLOUD__AUTOMATION_ACCOUNT": cloud.automation_account,
            "TRIAGE_CLOUD__WORKER_GROUP": cloud.worker_group,
        }
    if vault_users():
        values["TRIAGE_CLOUD__VAULT_URL"] = cloud.vault_url
    yield from (name for name, value in values.items() if not value)


def _wrong(settings: Settings) -> Iterator[str]:
    entra = settings.entra
    for name, text in (("TENANT_ID", entra.tenant_id), ("CLIENT_ID", entra.client_id)):
        if not _is_guid(text):
            yield f"TRIAGE_ENTRA__{name} is no GUID."
    if entra.client_secret and _is_guid(entra.client_secret.get_secret_value()):
        yield "TRIAGE_ENTRA__CLIENT_SECRET looks like the secret's id; its value is needed."
    for name, address in addresses(settings).items():
        if address and not _is_safe(address):
            yield f"{name} must begin with https://."
    for table in settings.servicenow.tables:
        try:
            fields_of(table)
        except BadInput as error:
            yield f"{error}."
    yield from _unrenewable(settings)


def _unrenewable(settings: Settings) -> Iterator[str]:
    """Say why the schedule would never renew our secret, or could not keep it."""
    rotation = settings.rotation
    if rotation.secret_name and not _VAULT_NAME.fullmatch(f"{rotation.secret_name}-next"):
        yield "TRIAGE_ROTATION__SECRET_NAME: Key Vault takes 127 letters, digits and hyphens at most."
    if rotation.scheduled and not rotation.secret_name:
        yield "TRIAGE_ROTATION__SCHEDULED renews nothing while TRIAGE_ROTATION__SECRET_NAME is empty."
    if rotation.scheduled and not rotation.client_id and settings.entra.client_secret_file is None:
        yield "TRIAGE_ROTATION__SCHEDULED renews only a secret kept in TRIAGE_ENTRA__CLIENT_SECRET_FILE."


def _doubts(settings: Settings) -> Iterator[str]:
    cloud = settings.cloud
    if not _is_safe(settings.web.public_url):
        yield "TRIAGE_WEB__PUBLIC_URL is plain http, so sign-ins travel unprotected."
    if settings.servicenow.overlap < _LEAST_OVERLAP:
        yield "TRIAGE_SERVICENOW__OVERLAP is under a minute: late commits may be missed (servicenow.md 3)."
    here, there = httpx.URL(cloud.graph_url).host, httpx.URL(cloud.graph_scope).host
    if here not in {there, *_LOOPBACK}:
        yield "TRIAGE_CLOUD__GRAPH_URL and TRIAGE_CLOUD__GRAPH_SCOPE name different clouds."


def addresses(settings: Settings) -> dict[str, str]:
    """Return the address of everything outside, by the variable that sets it; an empty one is not set."""
    cloud = settings.cloud
    return {
        "TRIAGE_ENTRA__AUTHORITY": settings.entra.authority,
        "TRIAGE_CLOUD__GRAPH_URL": cloud.graph_url,
        "TRIAGE_CLOUD__ARM_URL": cloud.arm_url,
        "TRIAGE_CLOUD__VAULT_URL": cloud.vault_url,
        "TRIAGE_SERVICENOW__URL": settings.servicenow.url,
    }


def _is_safe(address: str) -> bool:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return False
    return url.scheme == "https" or url.host in _LOOPBACK


def _is_guid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


async def _authorities(ground: Ground) -> Finding:
    file = ground.settings.ca_file
    if file is None:
        return ok("The system's certificate authorities are trusted, and no other.")
    if usable(file) is None:
        return fail(f"{file} cannot be read as certificates.", "TRIAGE_CA_FILE names a PEM file.")
    return ok(f"The authorities in {file} are trusted besides the system's.")


async def _site(ground: Ground) -> Finding:
    if ground.settings.site_file is None:
        return skipped("No site file is set.", "Name one in TRIAGE_SITE_FILE.")
    site = load_site(ground.settings)
    if site.tenant_id and site.tenant_id.lower() != ground.settings.entra.tenant_id.lower():
        return fail(
            f"The site file is of tenant {site.tenant_id}, the settings are of another.",
            "Correct tenant_id in the site file, or TRIAGE_ENTRA__TENANT_ID.",
        )
    if not site.break_glass:
        return warn("The site file names no break-glass account.", "Name them under break_glass.")
    return ok(
        f"{site.organization}: {len(site.sensitive_groups)} sensitive groups, {len(site.servers)} servers."
    )


CHECKS = (
    Check("settings", _settings),
    Check("authorities", _authorities),
    Check("site", _site),
)
