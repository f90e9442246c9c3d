"""Ed25519 signatures (RFC 8032): keys that sign, public keys by name, and files of public keys in PEM."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from triage.errors import BadInput
from triage.keyfile import key_file

_END = b"-----END PUBLIC KEY-----"


@dataclass(frozen=True)
class SigningKey:
    """A key that signs; `id` names it everywhere, `public` is what verifies (base64 of 32 bytes)."""

    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> str:
        """The public half, base64 of its 32 bytes."""
        return b64encode(self.private.public_key().public_bytes_raw()).decode()

    @property
    def id(self) -> str:
        """The key's name."""
        return key_id(self.public)

    def sign(self, message: bytes) -> str:
        """The signature over `message`, base64."""
        return b64encode(self.private.sign(message)).decode()

    def pem(self) -> str:
        """The public half as PEM, to give to whoever verifies."""
        public = self.private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def key_id(public: str) -> str:
    """The name of a public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(b64decode(public)).hexdigest()[:16]


def signed_by(public: str, message: bytes, signature: str) -> bool:
    """Whether `signature` over `message` was made with the private half of `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(public, validate=True)).verify(
            b64decode(signature, validate=True), message
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def signing_key(path: Path, *, lost: str) -> SigningKey:
    """The signing key in a file of ours, made on first use; `lost` says what to do when the file holds none.

    Raises:
        NotConfigured: the file holds no key.
    """
    return SigningKey(Ed25519PrivateKey.from_private_bytes(key_file(path, lost=lost)))


def read_public_keys(file: Path) -> dict[str, str]:
    """The public keys in a PEM file, by id.

    Raises:
        BadInput: it holds no Ed25519 public key in PEM.
    """
    blocks = [block.strip() + b"\n" + _END for block in file.read_bytes().split(_END)[:-1]]
    try:
        loaded = [load_pem_public_key(block) for block in blocks]
    except ValueError:
        loaded = []
    public = [
        b64encode(one.public_bytes_raw()).decode() for one in loaded if isinstance(one, Ed25519PublicKey)
    ]
    if not public or len(public) != len(loaded):
        raise BadInput(
            "this is no file of Ed25519 public keys",
            hint="Write one with `triage audit key` or `triage policy key`.",
            subject=str(file),
        )
    return {key_id(one): one for one in public}
