"""MSAL's tokens in one encrypted file, so that all processes of a machine ask for a token once."""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msal
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_PURPOSE = b"entra tokens"


@dataclass(frozen=True)
class TokenFile:
    """A cache for MSAL that one process, and in it one thread, uses at a time.

    Attributes:
        path: the file; only its ciphertext is ever written, readable by us alone.
        key: of 32 bytes.
        cache: what the MSAL application works with; it is filled while the file is held.
    """

    path: Path
    key: bytes = field(repr=False)
    cache: msal.SerializableTokenCache = field(default_factory=msal.SerializableTokenCache, repr=False)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the file: what others got is in the cache, and what the cache gets is in the file after."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.cache.deserialize(self._read())
            try:
                yield
            finally:
                if self.cache.has_state_changed:
                    self._write(self.cache.serialize())
        finally:
            os.close(lock)

    def _read(self) -> str:
        """Return what was kept; a file that is not there or not ours to open counts as empty."""
        try:
            sealed = self.path.read_bytes()
            return AESGCM(self.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _PURPOSE).decode()
        except (FileNotFoundError, InvalidTag, ValueError):
            return "{}"

    def _write(self, text: str) -> None:
        nonce = secrets.token_bytes(_NONCE)
        handle, beside = tempfile.mkstemp(dir=self.path.parent)  # mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(nonce + AESGCM(self.key).encrypt(nonce, text.encode(), _PURPOSE))
        Path(beside).replace(self.path)
