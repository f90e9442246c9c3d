"""Key Vault secrets: where a runbook leaves a password for us to seal (key-vault.md)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import SecretStr

from actions.clients.call import Call, Json
from actions.clients.http import Api
from actions.errors import NotFound, Refused, Unreachable

_API_VERSION = {"api-version": "7.6"}
_USER, _OFFICER = "Key Vault Secrets User", "Key Vault Secrets Officer"


@dataclass(frozen=True)
class Secret:
    """One version of a secret; `repr` hides the value."""

    name: str
    value: SecretStr
    version: str
    expires: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class KeyVaultClient:
    """One vault; `name` is what runbooks are told."""

    api: Api
    name: str

    async def get(self, name: str) -> Secret:
        """Return the latest version of a secret.

        Raises:
            NotFound: there is no secret of that name.
        """
        answer = await self.api.send(self._call("GET", name, permission=_USER))
        return _secret(name, answer.object)

    async def set(
        self,
        name: str,
        value: SecretStr,
        *,
        expires: datetime | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Secret:
        """Write a new version of a secret; `expires` (aware) is only a note, the vault still gives it out."""
        attributes = {"exp": int(expires.timestamp())} if expires else {}
        body = {"value": value.get_secret_value(), "tags": dict(tags or {}), "attributes": attributes}
        answer = await self.api.send(self._call("PUT", name, body=body, permission=_OFFICER))
        return _secret(name, answer.object)

    async def delete(self, name: str) -> None:
        """Delete a secret with all versions; one that is not there is fine."""
        try:
            await self.api.send(self._call("DELETE", name, permission=_OFFICER))
        except NotFound:
            return

    def on_behalf_of(self, run_id: uuid.UUID) -> KeyVaultClient:
        """Return the same client with `run_id` as the id of its requests."""
        return KeyVaultClient(self.api.on_behalf_of(run_id), self.name)

    def _call(self, method: str, name: str, *, permission: str, body: Json | None = None) -> Call:
        if not name.replace("-", "").isalnum() or not name.isascii():
            raise Refused(
                "Key Vault names have letters, digits and hyphens only.", hint="This is a bug: wrong name."
            )
        path = f"/secrets/{name}"
        return Call(
            method=method, path=path, params=_API_VERSION, json=body, repeatable=True, permission=permission
        )


def _secret(name: str, body: Json) -> Secret:
    value, attributes = body.get("value"), body.get("attributes") or {}
    if not isinstance(value, str):
        raise Unreachable(f"Key Vault sent secret {name} without a value.", hint="Look at it in the portal.")
    ends = attributes.get("exp")
    return Secret(
        name=name,
        value=SecretStr(value),
        version=str(body.get("id", "")).rpartition("/")[2],
        expires=datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) else None,
        tags={str(key): str(tag) for key, tag in (body.get("tags") or {}).items()},
    )
