"""What is wrong on our own side fails in exactly its line, with the next step."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.doctor.patient import VERSION, Patient
from triage.doctor.finding import State
from triage.halt import FILE, Halt, Scope, set_halt
from triage.settings import load_settings
from triage.store.engine import connect, open_database


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_missing_setting_is_named(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRIAGE_CLOUD__MAIL_SENDER")
    found = await patient.one_failure()
    assert (found.name, "TRIAGE_CLOUD__MAIL_SENDER" in found.sentence) == ("settings", True)


async def test_sign_ins_over_plain_http_are_a_warning(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_WEB__PUBLIC_URL", "http://triage.example.com")
    assert (await patient.findings())["settings"].state is State.WARN


@pytest.mark.parametrize(
    ("setting", "value", "cause"),
    [
        ("SCHEDULED", "true", "SECRET_NAME is empty"),
        ("SECRET_NAME", "our_secret", "letters, digits"),
    ],
)
async def test_a_renewal_that_could_never_happen_is_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, cause: str
) -> None:
    monkeypatch.setenv(f"TRIAGE_ROTATION__{setting}", value)
    found = await patient.one_failure()
    assert (found.name, cause in found.sentence) == ("settings", True)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("organization: 7", "no site file"),
        ("{organization: A, domains: [a.example], tenant_id: other}", "of tenant other"),
    ],
)
async def test_a_site_file_that_does_not_fit(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, text: str, cause: str
) -> None:
    monkeypatch.setenv("TRIAGE_SITE_FILE", str(write(patient.data_dir / "site.yaml", text)))
    found = await patient.one_failure()
    assert (found.name, cause in found.sentence) == ("site", True)


async def test_authorities_that_are_none(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them the make-believe company's certificates are not trusted either, and that is told apart."""
    monkeypatch.setenv("TRIAGE_CA_FILE", str(write(patient.data_dir / "ca.pem", "no certificate")))
    failed = await patient.failed()
    ways = {"reach.entra", "reach.graph", "reach.azure", "reach.key_vault", "reach.servicenow"}
    assert set(failed) == {"authorities", *ways}
    assert "TRIAGE_CA_FILE" in failed["reach.graph"].hint


async def test_a_data_directory_that_cannot_be(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_DATA_DIR", str(write(patient.data_dir / "file", "") / "var"))
    assert set(await patient.failed()) == {"data_dir", "model"}


async def test_a_key_that_others_may_read(patient: Patient) -> None:
    key = write(patient.data_dir / "keys" / "seal.key", "k" * 32)
    key.chmod(0o640)
    found = await patient.one_failure()
    assert (found.name, found.hint) == ("keys", f"chmod 600 {key}")


async def test_a_key_of_the_wrong_size(patient: Patient) -> None:
    write(patient.data_dir / "keys" / "seal.key", "short").chmod(0o600)
    assert (await patient.one_failure()).name == "keys"


async def test_a_database_that_is_down_hides_nothing_else(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://triage:hunter2@127.0.0.1:1/triage")
    found = await patient.findings()
    waiting = {name for name, one in found.items() if one.state is State.SKIPPED}
    assert (found["database"].state, waiting) == (State.FAIL, {"schema", "kill_switch.table"})
    assert "triage on 127.0.0.1" in found["database"].sentence
    assert sum(one.state is State.FAIL for one in found.values()) == 1


async def revise(url: str, revision: str) -> None:
    """Pretend that the database was migrated to another revision."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        await conn.execute("UPDATE alembic_version SET version_num = %s", [revision])


async def test_tables_of_a_newer_release(patient: Patient, database_url: str) -> None:
    await revise(database_url, "9999")
    assert (await patient.one_failure()).name == "schema"


async def test_tables_not_made_yet_are_made_at_the_start(patient: Patient, database_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
        await conn.execute("DROP TABLE alembic_version")
    assert (await patient.findings())["schema"].state is State.WARN


async def test_what_is_halted_is_a_warning(patient: Patient) -> None:
    write(patient.data_dir / FILE, "tier:3\n")
    found = (await patient.findings())["kill_switch.file"]
    assert (found.state, "tier 3" in found.sentence) == (State.WARN, True)


async def test_what_is_halted_everywhere_is_a_warning(patient: Patient, database_url: str) -> None:
    async with connect(database_url) as database, database.engine.begin() as conn:
        halt = Halt(scope=Scope.LABEL, key="password_reset")
        await set_halt(conn, halt, reason="drill", actor="test", now=patient.clock())
    found = (await patient.findings())["kill_switch.table"]
    assert (found.state, "label password_reset" in found.sentence) == (State.WARN, True)


@pytest.mark.parametrize(
    ("variable", "address", "lines"),
    [
        ("TRIAGE_CLOUD__VAULT_URL", "https://vault:port", {"settings", "reach.key_vault"}),
        ("TRIAGE_DATABASE_URL", "hunter2", {"database"}),
    ],
)
async def test_an_address_that_is_none(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, variable: str, address: str, lines: set[str]
) -> None:
    monkeypatch.setenv(variable, address)
    failed = await patient.failed()
    assert set(failed) == lines
    assert all(variable in one.sentence for one in failed.values())


async def test_an_embedded_database_is_looked_at_where_there_is_one(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRIAGE_DATABASE_URL")
    async with open_database(load_settings()):
        pass  # made and stopped again
    found = await patient.findings()
    assert {found[name].state for name in ("database", "schema", "kill_switch.table")} == {State.OK}


async def test_a_tampered_model(patient: Patient) -> None:
    write(patient.data_dir / "models" / VERSION / "facts.json", "{}")
    found = await patient.one_failure()
    assert (found.name, "facts.json" in found.sentence) == ("model", True)


async def test_no_model(patient: Patient) -> None:
    (patient.data_dir / "models" / "current").unlink()
    found = await patient.one_failure()
    assert (found.name, "triage train" in found.hint) == ("model", True)


@pytest.mark.parametrize(
    "text",
    [
        "forbid (principal, action, resource",
        '@id("a.b") @sentence("S") permit (principal, action, resource);',
    ],
)
async def test_an_invalid_policy(patient: Patient, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    rules = write(patient.data_dir / "policy" / "own.cedar", text).parent
    monkeypatch.setenv("TRIAGE_POLICY_DIR", str(rules))
    assert (await patient.one_failure()).name == "policy"


async def test_a_wrong_clock(patient: Patient) -> None:
    """What else is measured in time, workers for one, is measured by the services' clocks."""
    true = patient.clock
    patient.clock = lambda: true() + timedelta(minutes=10)
    found = await patient.one_failure()
    assert (found.name, "fast" in found.sentence) == ("clock", True)
