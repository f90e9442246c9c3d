"""Key Vault's shelf: versions of secrets put, found, deleted and recovered, without any wire around it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from triage.sandbox.records import SecretVersion
from triage.sandbox.tenant import Tenant, new_id, record


class DeletedSecretError(Exception):
    """The name is taken by a deleted secret, which must be recovered or purged first."""


def put_secret(
    tenant: Tenant,
    name: str,
    value: str,
    *,
    content_type: str | None = None,
    tags: dict[str, str] | None = None,
    enabled: bool = True,
    not_before: datetime | None = None,
    expires: datetime | None = None,
    actor: str = "hybrid worker",
) -> SecretVersion:
    """Add a new version of the secret and return it.

    Raises:
        DeletedSecretError: a secret of that name was deleted and is still recoverable.
    """
    if name.lower() in tenant.vault.deleted:
        raise DeletedSecretError(name)
    now = tenant.clock()
    version = SecretVersion(
        version=UUID(new_id(tenant, "secret-version")).hex,
        value=value,
        created=now,
        updated=now,
        content_type=content_type,
        tags=dict(tags or {}),
        enabled=enabled,
        not_before=not_before,
        expires=expires,
    )
    tenant.vault.secrets.setdefault(name.lower(), []).append(version)
    _note(tenant, actor, "Set secret", name, version.version)
    return version


def find_secret(tenant: Tenant, name: str, version: str = "") -> SecretVersion | None:
    """Return this version of the secret, or the newest without one, or None."""
    versions = tenant.vault.secrets.get(name.lower(), [])
    wanted = [v for v in versions if version in {"", v.version}]
    return wanted[-1] if wanted else None


def delete_secret(tenant: Tenant, name: str, actor: str) -> SecretVersion | None:
    """Move all versions to the deleted secrets and return the newest; None where there is no such secret."""
    versions = tenant.vault.secrets.pop(name.lower(), None)
    if versions is None:
        return None
    tenant.vault.deleted[name.lower()] = versions
    _note(tenant, actor, "Delete secret", name, None)
    return versions[-1]


def recover_secret(tenant: Tenant, name: str, actor: str) -> SecretVersion | None:
    """Bring a deleted secret back and return its newest version; None where nothing is to be recovered."""
    versions = tenant.vault.deleted.pop(name.lower(), None)
    if versions is None:
        return None
    tenant.vault.secrets[name.lower()] = versions
    _note(tenant, actor, "Recover secret", name, versions[-1].version)
    return versions[-1]


def purge_secret(tenant: Tenant, name: str, actor: str) -> bool:
    """Destroy a deleted secret for good; False where there is none."""
    gone = tenant.vault.deleted.pop(name.lower(), None) is not None
    if gone:
        _note(tenant, actor, "Purge secret", name, None)
    return gone


def _note(tenant: Tenant, actor: str, what: str, name: str, version: str | None) -> None:
    after = {} if version is None else {"version": version}
    record(tenant, actor=actor, area="vault", what=what, target=(name, name), before={}, after=after)
