"""Keys of our own in files: made on first use, private, complete for whoever reads them."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from triage.errors import NotConfigured

KEY_BYTES = 32


def key_file(path: Path, *, lost: str) -> bytes:
    """Return the key of 32 bytes in `path` (mode 0600); the first process that asks makes it.

    Args:
        path: the file; its folder is made private too.
        lost: what to do when the file holds no key.

    Raises:
        NotConfigured: the file holds no key of 32 bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise NotConfigured(f"{path} holds no key of {KEY_BYTES} bytes", hint=lost, subject=str(path))
    return key


def _make(path: Path) -> None:
    """Write a key beside and link it into place: nobody sees half of it, and the first one stays."""
    handle, beside = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        Path(beside).unlink()
