"""What is not exactly what a trusted key signed is refused, with the reason."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.errors import ModelError, NoModel, Tampered, Untrusted, WrongFormat
from models.manifest import ARRAYS, FORMAT, MANIFEST, MATRIX, PIPELINE, SIGNATURE, sign
from models.registry import Registry
from models.signature import distrust, key_id, private_key, read_public_key, trust, trusted_keys
from tests.models.versions import edit, registry_of, restate
from tests.training.small import KEY, NOW

CHANGED = "not the file that was signed"
STRANGER = private_key(b"somebody else's key of 32 bytes.")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry in which `a` serves and `b` is about to be broken."""
    registry = registry_of(tmp_path, "a", "b")
    registry.promote("a", NOW)
    return registry


def flip(path: Path) -> None:
    """Change the last bit of a file."""
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    """Truncate a file to half."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def rename(folder: Path) -> None:
    """Put a good version under another one's name."""
    sign(folder, "a", KEY)


def hollow(path: Path) -> None:
    """Put a folder where a file should be."""
    path.unlink()
    path.mkdir()


REFUSALS: dict[str, tuple[Callable[[Path], object], type[ModelError], str]] = {
    "a flipped bit": (lambda b: flip(b / MATRIX), Tampered, MATRIX),
    "a truncated file": (lambda b: cut(b / ARRAYS), Tampered, ARRAYS),
    "a truncated pipeline": (lambda b: cut(b / PIPELINE), Tampered, PIPELINE),
    "a missing file": (lambda b: (b / "card.md").unlink(), Tampered, r"card\.md is missing"),
    "a smuggled file": (lambda b: (b / "extra.py").write_text(""), Tampered, r"extra\.py"),
    "a folder for a file": (lambda b: hollow(b / MATRIX), Tampered, MATRIX),
    "a changed manifest": (lambda b: edit(b / MANIFEST, sklearn="1.0"), Tampered, CHANGED),
    "a cut manifest": (lambda b: cut(b / MANIFEST), Tampered, "no readable manifest"),
    "no manifest": (lambda b: (b / MANIFEST).unlink(), Tampered, "no readable manifest"),
    "another version's name": (rename, Tampered, "renamed"),
    "a newer format": (lambda b: restate(b, format=FORMAT + 1), WrongFormat, f"format {FORMAT + 1}"),
    "an older scikit-learn": (lambda b: restate(b, sklearn="0.24.2"), WrongFormat, r"0\.24\.2"),
    "no signature": (lambda b: (b / SIGNATURE).unlink(), Untrusted, "not signed"),
    "a broken signature": (lambda b: flip(b / SIGNATURE), Tampered, CHANGED),
    "an empty signature": (lambda b: (b / SIGNATURE).write_bytes(b""), Tampered, CHANGED),
    "a stranger's signature": (lambda b: sign(b, "b", STRANGER), Untrusted, key_id(STRANGER.public_key())),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSALS)
def test_it_is_refused_and_the_old_one_keeps_serving(registry: Registry, what: str) -> None:
    serving = Registry(registry.root.parent)
    old = serving.current()
    damage, error, reason = REFUSALS[what]
    damage(registry.folder("b"))
    with pytest.raises(error, match=reason) as refused:
        registry.promote("b", NOW)
    assert refused.value.hint
    assert registry.current_version() == "a"
    (registry.root / "current").write_text("b\n", encoding="utf-8")  # as if it broke after its promotion
    assert serving.current() is old


def test_a_version_of_another_host_serves_once_its_key_is_trusted(registry: Registry, tmp_path: Path) -> None:
    sign(registry.folder("b"), "b", STRANGER)
    moved = trust(tmp_path / "elsewhere", STRANGER.public_key())
    trust(registry.keys, read_public_key(moved))
    registry.promote("b", NOW)
    assert registry.require().version == "b"
    distrust(registry.keys, key_id(STRANGER.public_key()))
    with pytest.raises(Untrusted):
        registry.load("b")


def test_without_a_trusted_key_nothing_serves(registry: Registry) -> None:
    distrust(registry.keys, key_id(KEY.public_key()))
    with pytest.raises(Untrusted):
        registry.require()


def test_a_key_under_a_false_name_is_refused(registry: Registry) -> None:
    (registry.keys / "0000.pub").write_bytes(next(registry.keys.iterdir()).read_bytes())
    with pytest.raises(Untrusted, match="0000"):
        trusted_keys(registry.keys)


@pytest.mark.parametrize(
    "content", [b"", b"no key", b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"]
)
def test_what_is_no_key_is_not_trusted(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pub").write_bytes(content)
    with pytest.raises(Untrusted, match="no Ed25519 public key"):
        read_public_key(tmp_path / "x.pub")


def test_a_version_that_is_not_there_is_named(registry: Registry) -> None:
    with pytest.raises(NoModel, match="nowhere"):
        registry.load("nowhere")
