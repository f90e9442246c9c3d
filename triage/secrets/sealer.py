"""The cipher: AES-256-GCM with a key kept in a file of the data directory, never in the database."""

from __future__ import annotations

import base64
import hmac
import secrets
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from triage.errors import Broken
from triage.keyfile import key_file

_NONCE = 12
_DIGEST = b"triage code: "
_TOKEN = b"triage link token: "


@dataclass(frozen=True)
class Sealer:
    """Encrypts a secret for one run; the run's id is bound in, so that ciphertexts cannot be swapped."""

    key: bytes = field(repr=False)

    def seal(self, secret: SecretStr, run_id: uuid.UUID) -> bytes:
        """Nonce and ciphertext of `secret`."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, secret.get_secret_value().encode(), run_id.bytes)

    def open(self, sealed: bytes, run_id: uuid.UUID) -> SecretStr:
        """The secret in `sealed`.

        Raises:
            Broken: it was sealed with another key or for another run, or it was changed.
        """
        try:
            plain = AESGCM(self.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], run_id.bytes)
        except InvalidTag as error:
            raise Broken(
                "a sealed secret cannot be opened with the key in use",
                hint="Restore keys/seal.key from the backup that belongs to this database.",
                subject=f"run {run_id}",
            ) from error
        return SecretStr(plain.decode())

    def digest(self, text: str, subject: uuid.UUID) -> str:
        """Return a keyed hash of a short text about `subject`: without the key nobody can try texts out."""
        return hmac.digest(self.key, _DIGEST + subject.bytes + text.encode(), "sha256").hex()

    def token(self, subject: uuid.UUID) -> SecretStr:
        """Return the token of a link about `subject`: the same each time, and nowhere in the database."""
        made = hmac.digest(self.key, _TOKEN + subject.bytes, "sha256")
        return SecretStr(base64.urlsafe_b64encode(made).decode().rstrip("="))


def load_sealer(data_dir: Path) -> Sealer:
    """The sealer with the key in `<data_dir>/keys/seal.key`, which is made on first use (mode 0600).

    Raises:
        NotConfigured: the file holds no key of 32 bytes.
    """
    lost = "Restore it from the backup; secrets sealed with a lost key stay closed for good."
    return Sealer(key_file(data_dir / "keys" / "seal.key", lost=lost))
