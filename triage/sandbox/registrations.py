"""The app registrations of the tenant: our service (worker, page and API) and a script's client."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.sandbox.records import AppRegistration, AppSecret, Json
from triage.sandbox.tenant import Tenant, new_id, stable_id

GRAPH = "https://graph.microsoft.com"
ARM = "https://management.azure.com"
VAULT = "https://vault.azure.net"
VERIFIED_ID = "3db474b9-6a0c-4840-96ac-1fceb342124f"
"""The Request Service of Verified ID, which is named by its application id."""

SERVICE_GRAPH_ROLES = frozenset(
    {
        "User.Read.All",
        "AuditLog.Read.All",
        "LicenseAssignment.Read.All",
        "LicenseAssignment.ReadWrite.All",
        "GroupMember.Read.All",
        "GroupMember.ReadWrite.All",
        "RoleManagement.Read.Directory",
        "RoleEligibilitySchedule.Read.Directory",
        "User-PasswordProfile.ReadWrite.All",
        "User.ReadWrite.All",
        "User.DeleteRestore.All",
        "User.EnableDisableAccount.All",
        "User.RevokeSessions.All",
        "UserAuthenticationMethod.Read.All",
        "UserAuthMethod-TAP.ReadWrite.All",
        "UserAuthMethod-Phone.ReadWrite.All",
        "UserAuthMethod-MicrosoftAuthApp.ReadWrite.All",
        "UserAuthMethod-SoftwareOATH.ReadWrite.All",
        "UserAuthMethod-Passkey.ReadWrite.All",
        "UserAuthMethod-Email.ReadWrite.All",
        "UserAuthMethod-WindowsHello.ReadWrite.All",
        "MailboxSettings.ReadWrite",
        "Calendars.ReadWrite",
        "Mail.Send",
        "Application.Read.All",
        "BitlockerKey.Read.All",
        "DeviceManagementManagedDevices.PrivilegedOperations.All",
        "DeviceManagementManagedDevices.Read.All",
        "User.Invite.All",
        "Application.ReadWrite.OwnedBy",
    }
)
API_ROLES = ("viewer", "approver", "admin", "auditor", "intake")
_AZURE_ROLES = frozenset(
    {"Automation Job Operator", "Automation Runbook Operator", "Key Vault Secrets Officer", "Reader"}
)
_LIFE = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client id with the secret that opens it."""

    client_id: str
    secret: str


def credentials(tenant: Tenant, app: str) -> Credentials:
    """Return the first credentials of the app `service` or `script`.

    The secret follows from the tenant id: it opens nothing but a sandbox on this machine, and a restarted
    sandbox must accept the settings it printed before.
    """
    return Credentials(_client_id(tenant, app), f"sandbox-{stable_id(tenant.id, 'secret', app)}")


def api_audience(tenant: Tenant) -> str:
    """Return the application id URI of our own API: the `api://…` of which a client asks `/.default`."""
    return f"api://{_client_id(tenant, 'service')}"


def register_apps(tenant: Tenant, now: datetime) -> None:
    """Add both registrations, a secret each, and the consent an administrator would have given."""
    service = _register(tenant, "service", "Ticket triage", now)
    service.granted[GRAPH] = set(SERVICE_GRAPH_ROLES)
    service.granted[VERIFIED_ID] = {"VerifiableCredential.Create.PresentRequest"}
    service.azure_roles = set(_AZURE_ROLES)
    service.redirect_uris = ("http://127.0.0.1/", "http://localhost/")
    script = _register(tenant, "script", "Ticket intake script", now)
    script.granted[api_audience(tenant)] = {"intake"}
    tenant.api_roles = {user["id"]: first_api_roles(user) for user in tenant.users.values()}


def add_secret(
    tenant: Tenant, app: AppRegistration, value: str, *, name: str, start: datetime, end: datetime
) -> AppSecret:
    """Add a client secret to the registration and return what is kept of it."""
    secret = AppSecret(new_id(tenant, "key"), name, value[:3], _digest(value), start, end)
    app.secrets.append(secret)
    return secret


def matching_secret(app: AppRegistration, value: str) -> AppSecret | None:
    """Return the registration's secret that this value is, expired or not, or None."""
    digest = _digest(value)
    return next((s for s in app.secrets if hmac.compare_digest(s.digest, digest)), None)


def first_api_roles(user: Json) -> list[str]:
    """Return the roles a person has in our own API at first, by department and post; most people have none.

    The head of the IT department is admin (and approver), the rest of it approves, the head of Legal audits.
    """
    department, title = user["department"] or "", user["jobTitle"] or ""
    if not user["accountEnabled"]:
        return []
    if "IT" in department.split():
        return ["admin", "approver"] if title.startswith("Head of") else ["approver"]
    return ["auditor"] if title == "Head of Legal" else []


def _register(tenant: Tenant, key: str, name: str, now: datetime) -> AppRegistration:
    made = credentials(tenant, key)
    app = AppRegistration(
        made.client_id, stable_id(made.client_id, "object"), stable_id(made.client_id, "principal"), name
    )
    add_secret(tenant, app, made.secret, name="first", start=now - timedelta(days=1), end=now + _LIFE)
    tenant.apps[made.client_id] = app
    return app


def _client_id(tenant: Tenant, app: str) -> str:
    return stable_id(tenant.id, "app", app)


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode()).digest()
