"""Key Vault secrets: set, read and deleted, and never shown by accident."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from actions.clients.keyvault import KeyVaultClient
from actions.errors import Forbidden, NotFound, Refused
from tests.actions.stage import Stage
from triage.sandbox.registrations import credentials

END = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@pytest.fixture
def vault(stage: Stage) -> KeyVaultClient:
    return stage.writing.vault


async def test_what_was_set_is_read_with_its_end_and_tags(vault: KeyVaultClient) -> None:
    made = await vault.set("run-1", SecretStr("canary"), expires=END, tags={"executionId": "1"})
    read = await vault.get("run-1")
    assert read == made
    assert (read.value.get_secret_value(), read.expires, read.tags) == ("canary", END, {"executionId": "1"})
    assert "canary" not in f"{read!r} {read}"


async def test_a_new_version_takes_the_place_of_the_old(vault: KeyVaultClient) -> None:
    first = await vault.set("run-1", SecretStr("one"))
    second = await vault.set("run-1", SecretStr("two"))
    assert first.version != second.version
    assert (await vault.get("run-1")).version == second.version


async def test_a_deleted_secret_is_gone_and_deleting_again_is_fine(vault: KeyVaultClient) -> None:
    await vault.set("run-1", SecretStr("one"))
    await vault.delete("run-1")
    await vault.delete("run-1")
    with pytest.raises(NotFound):
        await vault.get("run-1")


@pytest.mark.parametrize("name", ["", "a/b", "a?b", "..", "ä"])
async def test_a_name_that_would_change_the_path_is_refused(vault: KeyVaultClient, name: str) -> None:
    with pytest.raises(Refused):
        await vault.get(name)


async def test_a_missing_role_is_named(vault: KeyVaultClient, stage: Stage) -> None:
    stage.apps.tenant.apps[credentials(stage.apps.tenant, "service").client_id].azure_roles.clear()
    with pytest.raises(Forbidden) as refused:
        await vault.set("run-1", SecretStr("one"))
    assert "Key Vault Secrets Officer" in refused.value.hint


def test_the_vault_is_named_as_runbooks_know_it(vault: KeyVaultClient) -> None:
    assert vault.name == "vault"
