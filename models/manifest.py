"""The manifest of a version: who signed it, for which release, and the SHA-256 of every file."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, ValidationError

from models.errors import NoModel, Tampered, Untrusted, WrongFormat
from models.signature import key_id, signer_of

Keys = Mapping[str, Ed25519PublicKey]
"""Trusted public keys by name (`models.signature`)."""

FORMAT: Final = 2
"""Raised when files or their meaning change; an older reader refuses a newer artefact."""

PIPELINE, MATRIX, ARRAYS, TERMS, FACTS = (
    "model.skops",
    "weights.npy",
    "arrays.npz",
    "terms.json",
    "facts.json",
)
NEEDED: Final = (PIPELINE, MATRIX, ARRAYS, TERMS, FACTS)
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
_SEAL: Final = frozenset((MANIFEST, SIGNATURE))
HINT: Final = "Run `triage models verify`; promote another version or train again (`triage train --promote`)."
_TRUST: Final = (
    "If you know who made it, trust that key (`triage models keys trust FILE.pub`); else train again."
)


class Manifest(BaseModel):
    """What belongs to a version: format, scikit-learn, SHA-256 of each file, name of the signing key."""

    model_config = ConfigDict(frozen=True)

    format: int
    version: str
    sklearn: str
    files: Mapping[str, str]
    signed_by: str


def sign(folder: Path, name: str, key: Ed25519PrivateKey) -> None:
    """Write the manifest over all files of the folder, and its signature beside it."""
    files = {path.name: digest(path) for path in sorted(folder.iterdir()) if path.name not in _SEAL}
    signed_by = key_id(key.public_key())
    manifest = Manifest(format=FORMAT, version=name, sklearn=_sklearn(), files=files, signed_by=signed_by)
    content = manifest.model_dump_json(indent=1).encode()
    (folder / MANIFEST).write_bytes(content)
    (folder / SIGNATURE).write_bytes(key.sign(content))


def verify(folder: Path, trusted: Keys) -> Manifest:
    """Check signature and manifest, then every file against it, before anything in the version is opened.

    Raises:
        NoModel: There is no such version.
        Untrusted: It is not signed, or by none of the `trusted` keys.
        Tampered: A file is missing, changed or not listed, or the manifest cannot be read.
        WrongFormat: The artefact is of another format or another scikit-learn.
    """
    manifest = _manifest(folder, trusted)
    _check_origin(folder, manifest)
    present = {path.name for path in folder.iterdir()} - _SEAL
    for name in sorted(set(manifest.files) | set(NEEDED) | present):
        if name not in present:
            raise Tampered(f"Model {folder.name}: {name} is missing.", hint=HINT)
        if manifest.files.get(name) != digest(folder / name):
            raise Tampered(f"Model {folder.name}: {name} is not the file that was saved.", hint=HINT)
    return manifest


def _check_origin(folder: Path, manifest: Manifest) -> None:
    """Refuse what another release wrote, and a version under another one's name."""
    if manifest.format != FORMAT:
        raise WrongFormat(
            f"Model {folder.name} has format {manifest.format}; this service reads format {FORMAT}.",
            hint="Use the release that wrote it, or train again (`triage train --promote`).",
        )
    if manifest.sklearn.split(".")[:2] != _sklearn().split(".")[:2]:
        raise WrongFormat(
            f"Model {folder.name} belongs to scikit-learn {manifest.sklearn}; here is {_sklearn()}.",
            hint="Install that release, or train again (`triage train --promote`).",
        )
    if manifest.version != folder.name:
        raise Tampered(f"Model {folder.name} is the version {manifest.version}, renamed.", hint=HINT)


def signed_by(folder: Path) -> str:
    """Return the key that a version says it is signed by, unchecked; empty where it does not say."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes()).signed_by
    except (OSError, ValidationError):
        return ""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex; empty where it cannot be read as a file."""
    try:
        with path.open("rb") as data:
            return hashlib.file_digest(data, "sha256").hexdigest()
    except OSError:
        return ""


def _manifest(folder: Path, trusted: Keys) -> Manifest:
    """Return the manifest of a version; nothing else of it is looked at before its signature holds."""
    if not folder.is_dir():
        raise NoModel(f"There is no model {folder.name}.", hint="See `triage models list`.")
    try:
        content = (folder / MANIFEST).read_bytes()
        if not (folder / SIGNATURE).is_file():
            raise Untrusted(f"Model {folder.name} is not signed.", hint=_TRUST)
        signer = signer_of(content, (folder / SIGNATURE).read_bytes(), trusted)
        manifest = Manifest.model_validate_json(content)
    except (OSError, ValidationError) as error:
        raise Tampered(f"Model {folder.name} has no readable manifest.", hint=HINT) from error
    if signer is None and manifest.signed_by in trusted:
        raise Tampered(f"Model {folder.name}: {MANIFEST} is not the file that was signed.", hint=HINT)
    if signer is None:
        raise Untrusted(
            f"Model {folder.name} is signed by {manifest.signed_by!r}, a key this host does not trust.",
            hint=_TRUST,
        )
    return manifest


@cache
def _sklearn() -> str:
    return version("scikit-learn")
