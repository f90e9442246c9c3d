"""What is wrong at Entra, Graph, Azure or ServiceNow fails in exactly its line, with the next step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.doctor.patient import Patient
from triage.clock import system_clock
from triage.doctor.finding import State
from triage.sandbox.registrations import GRAPH
from triage.sandbox.scenario import Scenario, enter
from triage.sandbox.servicenow.schema import TABLES

DENIED = '{"error": {"code": "Forbidden", "message": "no"}}'
WEB_PAGE = "<html><body>Sign in to the proxy</body></html>"


@pytest.mark.parametrize(
    ("app", "path", "status", "body", "line"),
    [
        ("graph", "", 503, "{}", "reach.graph"),
        ("vault", "", 403, WEB_PAGE, "reach.key_vault"),
        ("servicenow", "/api/now", 403, WEB_PAGE, "reach.servicenow"),
        ("entra", "openid-configuration", 400, "{}", "reach.entra"),
        ("graph", "roleEligibility", 403, DENIED, "graph.eligible_roles"),
        ("arm", "/runbooks/Unlock-AdAccount", 404, "{}", "automation.runbooks"),
        ("vault", "/secrets/triage-doctor", 403, DENIED, "key_vault.secrets"),
        ("servicenow", "/table/incident", 403, DENIED, "servicenow.tables"),
        ("servicenow", "/table/sys_journal_field", 403, DENIED, "servicenow.journal"),
        ("servicenow", "/table/sys_choice", 403, DENIED, "servicenow.close_codes"),
    ],
)
async def test_a_refusal_fails_its_line(
    patient: Patient, app: str, path: str, status: int, body: str, line: str
) -> None:
    patient.answer(app, path, status, body)
    assert (await patient.one_failure()).name == line


async def test_a_service_that_is_not_there(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_SERVICENOW__URL", "https://127.0.0.1:1")
    assert (await patient.one_failure()).name == "reach.servicenow"


async def test_an_expired_secret_is_said_once(patient: Patient) -> None:
    patient.app.secrets[0].end = system_clock() - timedelta(hours=1)
    found = await patient.one_failure()
    assert (found.name, "expired" in found.hint) == ("token.graph", True)


async def test_a_wrong_secret(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_ENTRA__CLIENT_SECRET", "Kx8-wrong")
    found = await patient.one_failure()
    assert (found.name, "its value" in found.hint) == ("token.graph", True)


async def test_a_wrong_secret_of_servicenow(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_SERVICENOW__CLIENT_SECRET", "Kx8-wrong")
    assert (await patient.one_failure()).name == "token.servicenow"


@pytest.mark.parametrize(
    ("permission", "stops"),
    [
        ("User-PasswordProfile.ReadWrite.All", "reset_password"),
        ("RoleEligibilitySchedule.Read.Directory", "unlock_ad_account"),
        ("Mail.Send", "mail"),
    ],
)
async def test_a_missing_permission_names_what_it_stops(
    patient: Patient, permission: str, stops: str
) -> None:
    patient.app.granted[GRAPH].remove(permission)
    found = await patient.one_failure()
    assert found.name == "graph.roles"
    assert permission in found.sentence
    assert stops in found.sentence
    assert "triage permissions" in found.hint


async def test_no_consent_at_all(patient: Patient) -> None:
    patient.app.granted.clear()
    assert (await patient.one_failure()).name == "graph.roles"


async def test_a_permission_too_many_is_a_warning(patient: Patient) -> None:
    patient.app.granted[GRAPH].add("RoleManagement.ReadWrite.Directory")
    found = (await patient.findings())["graph.unused"]
    assert (found.state, "RoleManagement.ReadWrite.Directory" in found.sentence) == (State.WARN, True)


async def test_a_sender_without_a_mailbox(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_CLOUD__MAIL_SENDER", "nobody@harborline.example")
    assert (await patient.one_failure()).name == "graph.mail_sender"


@pytest.mark.parametrize(
    ("days", "told"), [(25, "under 30"), (10, "under 14"), (5, "under 7"), (0.5, "under 1")]
)
async def test_a_credential_near_its_end_is_a_warning(patient: Patient, days: float, told: str) -> None:
    patient.app.secrets[0].end = system_clock() + timedelta(days=days)
    found = (await patient.findings())["graph.credentials"]
    assert (found.state, told in found.sentence) == (State.WARN, True)


async def test_tokens_that_do_not_tell_when_somebody_signed_in_are_a_failure(patient: Patient) -> None:
    patient.app.id_claims = ()
    assert (await patient.one_failure()).name == "graph.sign_in_time"


async def test_where_credentials_may_not_be_seen_that_is_no_failure(patient: Patient) -> None:
    patient.app.granted[GRAPH] -= {"Application.Read.All", "Application.ReadWrite.OwnedBy"}
    found = await patient.findings()
    assert {one.name: one.state for one in found.values() if one.state is not State.OK} == {
        "graph.credentials": State.SKIPPED,
        "graph.sign_in_time": State.SKIPPED,
    }


async def test_a_worker_asleep(patient: Patient) -> None:
    for worker in patient.sandbox.apps.tenant.workers:
        worker.asleep = True
        worker.last_seen -= timedelta(minutes=20)
    found = await patient.one_failure()
    assert (found.name, "last seen" in found.sentence) == ("automation.workers", True)


async def test_a_worker_group_that_is_not_there(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_CLOUD__WORKER_GROUP", "nowhere")
    found = await patient.one_failure()
    assert (found.name, "nowhere" in found.sentence) == ("automation.account", True)


async def test_without_a_role_on_the_automation_account(patient: Patient) -> None:
    patient.app.azure_roles = {"Key Vault Secrets Officer"}
    found = await patient.one_failure()
    assert (found.name, "Automation Job Operator" in found.hint) == ("automation.account", True)


async def test_workers_that_may_not_be_seen_are_a_warning(patient: Patient) -> None:
    patient.app.azure_roles.remove("Reader")
    found = (await patient.findings())["automation.workers"]
    assert (found.state, "Reader" in found.hint) == (State.WARN, True)


async def test_another_user_than_the_settings_say(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_SERVICENOW__USER", "svc.triage")
    found = await patient.one_failure()
    assert (found.name, "triage.integration" in found.sentence) == ("servicenow.user", True)


async def test_a_field_that_is_hidden(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TABLES["incident"], "subcategory")
    found = await patient.one_failure()
    assert (found.name, "incident.subcategory" in found.sentence) == ("servicenow.fields", True)


async def test_no_close_code_of_ours(patient: Patient) -> None:
    choices = patient.sandbox.apps.instance.tables["sys_choice"]
    for key, row in list(choices.items()):
        if row["element"] == "close_code":
            del choices[key]
    assert (await patient.one_failure()).name == "servicenow.close_codes"


@pytest.mark.parametrize(("seconds", "side"), [(600, "slow"), (-600, "fast")])
async def test_a_clock_that_differs_from_the_services_is_noticed(
    patient: Patient, seconds: float, side: str
) -> None:
    enter(patient.sandbox.apps, Scenario(clock_skew_seconds=seconds))
    found = (await patient.findings())["clock"]
    assert found.state is State.FAIL
    assert f"{side}, by 5 services" in found.sentence
