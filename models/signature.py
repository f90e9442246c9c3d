"""Who made a version: Ed25519 signatures over manifests, checked against the keys that a host trusts.

Signing needs the private key, checking the public one only: a host that serves models can tell a true version
from a false one and cannot make either. RFC 8032; keys as `openssl` reads them.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from models.errors import Untrusted

_ID_LENGTH: Final = 16
_ENDING: Final = ".pub"


def key_id(key: Ed25519PublicKey) -> str:
    """Return the name of a public key: the first 16 hex digits of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:_ID_LENGTH]


def private_key(seed: bytes) -> Ed25519PrivateKey:
    """Return the signing key that 32 secret bytes stand for."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key in PEM.

    Raises:
        Untrusted: The file holds no Ed25519 public key.
        OSError: The file cannot be read.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, Ed25519PublicKey):
        return key
    raise Untrusted(
        f"{path} holds no Ed25519 public key.",
        hint="Take the .pub file from keys/trusted of the host that trains (`triage models keys list`).",
    )


def trusted_keys(folder: Path) -> Mapping[str, Ed25519PublicKey]:
    """Return the trusted keys by their names; none where the folder does not exist.

    Raises:
        Untrusted: A file in it is no key, or stands under another key's name.
    """
    keys = {}
    for path in sorted(folder.glob(f"*{_ENDING}")):
        key = read_public_key(path)
        if key_id(key) != path.stem:
            raise Untrusted(
                f"{path} holds the key {key_id(key)}.",
                hint="Remove the file; trust a key with `triage models keys trust FILE`.",
            )
        keys[path.stem] = key
    return keys


def trust(folder: Path, key: Ed25519PublicKey) -> Path:
    """Add a key to the trusted ones; return its file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{key_id(key)}{_ENDING}"
    path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def distrust(folder: Path, name: str) -> None:
    """Take a key out of the trusted ones.

    Raises:
        Untrusted: No such key is trusted.
    """
    if name not in trusted_keys(folder):
        raise Untrusted(f"No key {name} is trusted.", hint="See `triage models keys list`.")
    (folder / f"{name}{_ENDING}").unlink()


def signer_of(content: bytes, signature: bytes, trusted: Mapping[str, Ed25519PublicKey]) -> str | None:
    """Return the name of the trusted key that signed `content`; None if none of them did."""
    for name, key in trusted.items():
        try:
            key.verify(signature, content)
        except InvalidSignature:
            continue
        return name
    return None
