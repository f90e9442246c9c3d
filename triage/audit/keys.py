"""The keys that sign the chain: one in use, each vouched for by the one before."""

from __future__ import annotations

from pathlib import Path

from triage.errors import NotConfigured
from triage.signing import SigningKey, signing_key

_LOST = "Restore it from the backup; records signed with a lost key can still be verified, new ones not made."


def own_key(data_dir: Path, number: int) -> SigningKey:
    """The service's signing key of that number (1, 2, …) in `<data_dir>/keys`, made on first use.

    Raises:
        NotConfigured: the file holds no key.
    """
    return signing_key(_place(data_dir, number), lost=_LOST)


def own_key_named(data_dir: Path, name: str) -> SigningKey:
    """The service's signing key with that id.

    Raises:
        NotConfigured: it is not in the data directory; another machine has it, or it was lost.
    """
    number = 1
    while _place(data_dir, number).exists():
        if (key := own_key(data_dir, number)).id == name:
            return key
        number += 1
    raise NotConfigured(
        f"the key {name} that signs the audit chain is not in {data_dir / 'keys'}",
        hint="Copy keys/audit-*.key from the machine that has it, or restore them from the backup.",
        subject="audit key",
    )


def _place(data_dir: Path, number: int) -> Path:
    return data_dir / "keys" / f"audit-{number}.key"
