"""Keys by the commands: made on first use, moved to another host, rotated, taken away."""

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from models.errors import NoModel, Untrusted
from models.manifest import sign, signed_by
from models.registry import Registry
from models.signature import key_id
from tests.models.versions import registry_of
from tests.training.small import NOW
from triage.cli import build
from triage.cli.model_keys import signing_key


def run(*arguments: str | Path) -> Result:
    """Run a command as from the shell; errors come out as they were raised."""
    words = [str(one) for one in arguments]
    return CliRunner().invoke(build(words), words)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Return a registry with a version that is signed on this host and serves."""
    monkeypatch.setenv("TRIAGE_DATA_DIR", str(tmp_path))
    registry = registry_of(tmp_path, "a")
    sign(registry.folder("a"), "a", signing_key(tmp_path))
    registry.promote("a", NOW)
    return registry


def test_the_signing_key_is_private_and_made_once(tmp_path: Path) -> None:
    first = signing_key(tmp_path)
    assert signing_key(tmp_path).private_bytes_raw() == first.private_bytes_raw()
    assert stat.S_IMODE((tmp_path / "keys/signing.key").stat().st_mode) == 0o600
    assert [path.stem for path in (tmp_path / "keys/trusted").iterdir()] == [key_id(first.public_key())]


def test_a_key_that_was_taken_away_does_not_come_back_by_itself(tmp_path: Path) -> None:
    signing_key(tmp_path)
    for path in (tmp_path / "keys/trusted").iterdir():
        path.unlink()
    signing_key(tmp_path)
    assert not list((tmp_path / "keys/trusted").iterdir())


def test_after_a_rotation_old_versions_stay_valid(registry: Registry) -> None:
    before = signed_by(registry.folder("a"))
    assert run("models", "keys", "rotate").exit_code == 0
    fresh = key_id(signing_key(registry.root.parent).public_key())
    assert fresh != before
    assert run("models", "verify").exit_code == 0
    listed = json.loads(run("models", "keys", "list", "--json", "-").stdout)
    assert {one["key"]: one["signs"] for one in listed if one["key"] in {before, fresh}} == {
        before: False,
        fresh: True,
    }


def test_the_key_of_the_serving_version_is_not_taken_away_by_accident(registry: Registry) -> None:
    name = signed_by(registry.folder("a"))
    assert run("models", "keys", "distrust", name).exit_code == 1
    assert registry.verify("a").signed_by == name
    assert run("models", "keys", "distrust", name, "--force").exit_code == 0
    with pytest.raises(Untrusted):
        registry.verify("a")
    result = run("models", "verify")
    assert result.exit_code == 1
    assert name in result.output


def test_another_hosts_key_is_trusted_from_its_file(registry: Registry, tmp_path: Path) -> None:
    there = tmp_path / "there"
    signing_key(there)
    [file] = (there / "keys/trusted").iterdir()
    assert run("models", "keys", "trust", file).exit_code == 0
    assert (registry.keys / file.name).read_bytes() == file.read_bytes()


def test_verifying_nothing_is_not_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_DATA_DIR", str(tmp_path))
    result = run("models", "verify")
    assert isinstance(result.exception, NoModel)
    assert "triage train" in result.exception.hint
    registry_of(tmp_path, "a")
    result = run("models", "verify")
    assert result.exit_code == 0
    assert "none is promoted" in result.output
