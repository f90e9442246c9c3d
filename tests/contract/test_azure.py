"""Microsoft's clients of Automation and Key Vault work with the sandbox, with their own types and errors."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.keyvault.secrets import SecretClient
from azure.mgmt.automation import AutomationClient

from tests.contract.conftest import Made
from tests.contract.proofs import proves
from triage.sandbox.arm import ACCOUNT, RESOURCE_GROUP, subscription_id
from triage.sandbox.records import AppRegistration
from triage.sandbox.registrations import ARM
from triage.sandbox.server import Sandbox
from triage.sandbox.throttle import Limits

CLIENT = "azure-mgmt-automation"
HERE = (RESOURCE_GROUP, ACCOUNT)


@pytest.fixture
def automation(sandbox: Sandbox, credential_of: Made) -> Iterator[Any]:
    """The client as its documentation shows it, at our address; it repeats nothing by itself."""
    with AutomationClient(
        credential_of("service"),
        subscription_id(sandbox.apps.tenant),
        base_url=sandbox.endpoints.arm,
        credential_scopes=[f"{ARM}/.default"],
        connection_verify=str(sandbox.endpoints.ca_file),
        retry_total=0,
    ) as client:
        yield client


@pytest.fixture
def vault(sandbox: Sandbox, credential_of: Made) -> Iterator[Any]:
    with SecretClient(
        sandbox.endpoints.vault,
        credential_of("service"),
        connection_verify=str(sandbox.endpoints.ca_file),
        verify_challenge_resource=False,
        retry_total=0,
    ) as client:
        yield client


def job_of(sandbox: Sandbox) -> tuple[str, dict[str, Any]]:
    account = next(a for a in sandbox.apps.tenant.ad.values() if a.enabled and not a.protected)
    name, group = str(uuid.uuid4()), sandbox.apps.tenant.workers[0].group
    parameters = {"SamAccountName": account.sam, "ExecutionId": name}
    properties = {"runbook": {"name": "Unlock-AdAccount"}, "parameters": parameters, "runOn": group}
    return name, {"properties": properties}


@proves("automation.submit_job", "automation.job")
def test_a_job_is_begun_watched_and_read(automation: Any, sandbox: Sandbox) -> None:
    sandbox.apps.workers.pace = timedelta(0)
    name, wanted = job_of(sandbox)
    assert automation.job.create(*HERE, name, wanted).properties.status == "New"
    for _ in range(10):
        job = automation.job.get(*HERE, name)
        if job.properties.status in {"Completed", "Failed"}:
            break
    assert job.properties.status == "Completed"
    assert job.properties.end_time >= job.properties.start_time
    assert "executionId" in automation.job.get_output(*HERE, name)
    streams = list(automation.job_stream.list_by_job(*HERE, name))
    assert [one.stream_type for one in streams] == ["Output"]
    one = automation.job_stream.get(*HERE, name, streams[0].job_stream_id)
    assert "executionId" in one.stream_text
    assert name in {listed.name for listed in automation.job.list_by_automation_account(*HERE)}


def test_the_same_job_cannot_be_begun_twice(automation: Any, sandbox: Sandbox) -> None:
    sandbox.apps.workers.pace = timedelta(hours=1)  # or it could end before it is stopped
    name, wanted = job_of(sandbox)
    automation.job.create(*HERE, name, wanted)
    with pytest.raises(ResourceExistsError, match="Job with specified id already exists"):
        automation.job.create(*HERE, name, wanted)
    automation.job.stop(*HERE, name)
    assert automation.job.get(*HERE, name).properties.status == "Stopped"


@proves("hybrid.groups", "hybrid.workers", "hybrid.published", "hybrid.declared")
def test_workers_and_runbooks_are_seen(automation: Any, sandbox: Sandbox) -> None:
    groups = list(automation.hybrid_runbook_worker_group.list_by_automation_account(*HERE))
    known = sandbox.apps.tenant.workers[0]
    workers = list(automation.hybrid_runbook_workers.list_by_hybrid_runbook_worker_group(*HERE, known.group))
    assert known.group in {group.name for group in groups}
    assert known.name in {worker.worker_name for worker in workers}
    assert workers[0].last_seen_date_time.tzinfo is not None
    runbook = automation.runbook.get(*HERE, "Unlock-AdAccount")
    assert runbook.state == "Published"
    assert runbook.parameters["SamAccountName"].is_mandatory is True


def test_automation_refuses_in_its_own_words(
    automation: Any, sandbox: Sandbox, service: AppRegistration
) -> None:
    with pytest.raises(ResourceNotFoundError) as missing:
        automation.job.get(*HERE, str(uuid.uuid4()))
    name, wanted = job_of(sandbox)
    wanted["properties"]["runbook"]["name"] = "Delete-Everything"
    with pytest.raises(HttpResponseError) as unknown:
        automation.job.create(*HERE, name, wanted)
    roles, service.azure_roles = service.azure_roles, set()
    with pytest.raises(HttpResponseError) as denied:
        automation.job.get(*HERE, name)
    service.azure_roles = roles
    codes = [(e.value.status_code, e.value.error.code) for e in (missing, unknown, denied)]
    assert codes == [(404, "NotFound"), (400, "BadRequest"), (403, "AuthorizationFailed")]


def test_automation_tells_that_it_is_throttled(automation: Any, sandbox: Sandbox) -> None:
    name, wanted = job_of(sandbox)
    automation.job.create(*HERE, name, wanted)
    sandbox.apps.throttle.limits = Limits(share=0.001)  # a single read
    try:
        automation.job.get(*HERE, name)
        with pytest.raises(HttpResponseError) as caught:
            automation.job.get(*HERE, name)
    finally:
        sandbox.apps.throttle.limits = None
    assert caught.value.status_code == 429
    assert caught.value.response is not None
    assert int(caught.value.response.headers["Retry-After"]) >= 1


@proves("vault.set", "vault.get", "vault.delete", by="azure-keyvault-secrets")
def test_a_secret_is_kept_read_and_deleted(vault: Any) -> None:
    end = datetime(2030, 1, 1, tzinfo=UTC)
    made = vault.set_secret("proof", "first", expires_on=end, tags={"keyId": "x"}, content_type="text/plain")
    vault.set_secret("proof", "second")
    assert vault.get_secret("proof").value == "second"
    old = vault.get_secret("proof", made.properties.version)
    assert (old.value, old.properties.expires_on, old.properties.tags) == ("first", end, {"keyId": "x"})
    updated = vault.update_secret_properties("proof", made.properties.version, enabled=False)
    assert updated.enabled is False
    assert len(list(vault.list_properties_of_secret_versions("proof"))) == 2
    deleted = vault.begin_delete_secret("proof").result()
    assert deleted.recovery_id.endswith("/deletedsecrets/proof")
    with pytest.raises(ResourceNotFoundError):
        vault.get_secret("proof")
    vault.begin_recover_deleted_secret("proof").wait()
    assert vault.get_secret("proof").value == "second"


def test_the_vault_refuses_who_has_no_role(vault: Any, sandbox: Sandbox, service: AppRegistration) -> None:
    with pytest.raises(ResourceNotFoundError) as missing:
        vault.get_secret("none")
    roles, service.azure_roles = service.azure_roles, set()
    with pytest.raises(HttpResponseError) as denied:
        vault.get_secret("none")
    service.azure_roles = roles
    assert missing.value.error is not None
    assert missing.value.error.code == "SecretNotFound"
    assert denied.value.status_code == 403


def test_the_vault_tells_that_it_is_throttled(vault: Any, sandbox: Sandbox) -> None:
    vault.set_secret("read", "often")
    sandbox.apps.throttle.limits = Limits(share=0.0001)  # a single transaction
    try:
        vault.get_secret("read")
        with pytest.raises(HttpResponseError) as caught:
            vault.get_secret("read")
    finally:
        sandbox.apps.throttle.limits = None
    assert caught.value.status_code == 429
    assert caught.value.error is not None
    assert caught.value.error.code == "Throttled"
    assert caught.value.response is not None
    assert int(caught.value.response.headers["Retry-After"]) >= 1


def test_an_app_that_is_off_gets_no_token(automation: Any, service: AppRegistration) -> None:
    service.enabled = False
    try:
        with pytest.raises(ClientAuthenticationError, match="AADSTS7000112"):
            automation.job.get(*HERE, str(uuid.uuid4()))
    finally:
        service.enabled = True
