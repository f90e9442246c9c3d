"""The manifest: for the settings there are, and as commands that do what they say and no more."""

from __future__ import annotations

import re
import shlex

import pytest

from triage.doctor.commands import az, powershell
from triage.doctor.manifest import Manifest, manifest
from triage.settings import CloudSettings, EntraSettings, Settings

CLIENT = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
HOSTILE = "x'; rm -rf / #$(id)"


def settings(client_id: str = CLIENT) -> Settings:
    cloud = CloudSettings(
        subscription_id="22222222-2222-2222-2222-222222222222",
        resource_group="automation",
        automation_account="triage",
        vault_url="https://example.vault.azure.net",
    )
    return Settings(entra=EntraSettings(client_id=client_id), cloud=cloud)


@pytest.fixture
def granted() -> Manifest:
    return manifest(settings())


def test_azure_roles_are_on_the_account_and_the_vault_alone(granted: Manifest) -> None:
    ends = {role.scope.rpartition("/providers/")[2] for role in granted.azure}
    assert ends == {
        "Microsoft.Automation/automationAccounts/triage",
        "Microsoft.KeyVault/vaults/example",
    }


def test_what_is_not_set_stands_as_a_blank_to_fill_in() -> None:
    blank = manifest(Settings())
    assert blank.client_id == "<client id>"
    assert all("<subscription id>" in role.scope for role in blank.azure)


def test_az_asks_for_each_permission_once_and_consents_at_the_end_of_them(granted: Manifest) -> None:
    lines = [shlex.split(line, comments=True) for line in az(granted)]
    asked = [line[-1] for line in lines if line[:5] == ["az", "ad", "app", "permission", "add"]]
    assert asked == [f"{one.id}=Role" for one in granted.graph if not one.optional]
    consent = lines.index(["az", "ad", "app", "permission", "admin-consent", "--id", CLIENT])
    assert not any("permission" in line for line in lines[consent + 1 :])


def test_az_gives_each_role_on_its_resource(granted: Manifest) -> None:
    lines = [shlex.split(line, comments=True) for line in az(granted)]
    given = [(line[-3], line[-1]) for line in lines if line[:3] == ["az", "role", "assignment"]]
    assert given == [(role.id, role.scope) for role in granted.azure]


def test_powershell_assigns_each_permission_by_its_id(granted: Manifest) -> None:
    lines = [line for line in powershell(granted) if line.startswith("New-MgServicePrincipalAppRole")]
    needed = [one for one in granted.graph if not one.optional]
    assert [one.id in line for one, line in zip(needed, lines, strict=True)] == [True] * len(needed)
    assert f"-Filter 'appId eq ''{CLIENT}'''" in "\n".join(powershell(granted))


def test_what_is_optional_is_left_to_the_administrator(granted: Manifest) -> None:
    (optional,) = [one for one in granted.graph if one.optional]
    for lines in (az(granted), powershell(granted)):
        (line,) = [line for line in lines if optional.id in line]
        assert line.startswith("# optional")


def test_no_setting_can_smuggle_in_a_command() -> None:
    found = manifest(settings(HOSTILE))
    assert all(HOSTILE in shlex.split(line) for line in az(found) if line.startswith("az "))
    unquoted = [re.sub(r"'(?:[^']|'')*'", "", line) for line in powershell(found)]
    assert "rm -rf" in "\n".join(powershell(found))
    assert "rm -rf" not in "\n".join(unquoted)
