"""The chain itself, without a database: canonical JSON, one hash over the previous hash and the body."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import AwareDatetime, JsonValue, field_validator

from actions.vocabulary import Frozen

GENESIS = "0" * 64
"""What the first record names as the hash before it."""


class Record(Frozen):
    """One link: who did what to which subject when, and the hashes that tie it to its neighbours."""

    seq: int
    at: AwareDatetime
    event: str
    subject: str
    actor: str
    data: dict[str, JsonValue]
    previous: str
    hash: str

    @field_validator("at")
    @classmethod
    def _in_utc(cls, at: datetime) -> datetime:
        """The same instant in UTC: databases answer in the session's zone, and the hash covers the text."""
        return at.astimezone(UTC)


def canonical(value: Mapping[str, JsonValue]) -> bytes:
    """JSON with sorted keys, no white space, UTF-8: equal values give equal bytes (after RFC 8785)."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(record: Record) -> str:
    """SHA-256 (hex) over the record without its own hash; the previous hash is part of it."""
    body = record.model_dump(mode="json", exclude={"hash"})
    return hashlib.sha256(canonical(body)).hexdigest()


def salted(salt: str, content: Mapping[str, JsonValue]) -> str:
    """SHA-256 (hex) over a random salt and what the chain vouches for without holding it.

    Without the salt the digest tells nothing of the content: erasing both erases them for good, and the chain
    stays whole.
    """
    return hashlib.sha256(salt.encode() + b"\n" + canonical(content)).hexdigest()


def sealed(record: Record) -> Record:
    """The record with its hash filled in."""
    return record.model_copy(update={"hash": digest(record)})


def fault(record: Record, previous: Record | None) -> str:
    """Why `record` does not follow `previous`; the empty string when it does."""
    if record.seq != (previous.seq + 1 if previous else 1):
        return f"record {record.seq} follows {previous.seq if previous else 'nothing'}: records are missing"
    if record.previous != (previous.hash if previous else GENESIS):
        return f"record {record.seq} does not name the hash of the record before it"
    if record.hash != digest(record):
        return f"record {record.seq} was changed after it was written"
    return ""
