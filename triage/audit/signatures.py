"""What signatures in the chain say: which records a trusted key vouches for, and how keys succeed each other.

Two kinds of record carry them. `audit.key` brings a public key in, signed by the key in use (the first one by
itself). `audit.checkpoint` signs the hash of the record before it, and with that every record up to there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from actions.vocabulary import Frozen
from triage.audit.chain import Record, canonical
from triage.audit.events import Event
from triage.signing import SigningKey, key_id, signed_by


class Trust(Frozen):
    """What is believed so far, walking the chain from its start.

    Attributes:
        keys: public keys (base64) whose signatures count, by id.
        signed: number of the last record that a good signature covers; 0 for none.
        strangers: ids of keys that signed something and that nobody trusted vouches for.
    """

    keys: dict[str, str]
    signed: int = 0
    strangers: tuple[str, ...] = ()


def checkpoint_data(key: SigningKey, head: Record, at: datetime) -> dict[str, JsonValue]:
    """The data of a checkpoint over `head` and all before it."""
    body = _checkpoint(head.seq, head.hash, at, key.id)
    return {"head_seq": head.seq, "head": head.hash, "key": key.id, "signature": key.sign(body)}


def introduction_data(new: SigningKey, voucher: SigningKey) -> dict[str, JsonValue]:
    """The data of the record that brings `new` in; from then on `voucher` no longer counts."""
    body = _introduction(new.public, voucher.id)
    return {
        "key": new.id,
        "public": new.public,
        "vouched_by": voucher.id,
        "signature": voucher.sign(body),
    }


def heed(trust: Trust, record: Record, previous: Record | None) -> tuple[Trust, str]:
    """What is believed after `record`, and what is wrong with its signature ("" for nothing)."""
    if record.event == Event.AUDIT_KEY.label:
        return _introduced(trust, record)
    if record.event == Event.AUDIT_CHECKPOINT.label:
        return _checked(trust, record, previous)
    return trust, ""


def _introduced(trust: Trust, record: Record) -> tuple[Trust, str]:
    told = _strings(record.data)
    public, voucher = told.get("public", ""), told.get("vouched_by", "")
    if voucher not in trust.keys:
        return trust, ""
    if not signed_by(trust.keys[voucher], _introduction(public, voucher), told.get("signature", "")):
        return trust, f"record {record.seq} brings in a signing key that {voucher} did not vouch for"
    kept = {name: one for name, one in trust.keys.items() if name != voucher}
    return trust.model_copy(update={"keys": {**kept, key_id(public): public}}), ""


def _checked(trust: Trust, record: Record, previous: Record | None) -> tuple[Trust, str]:
    told = _strings(record.data)
    name = told.get("key", "")
    if name not in trust.keys:
        return trust.model_copy(update={"strangers": (*trust.strangers, name)}), ""
    head_seq, head = (previous.seq, previous.hash) if previous else (0, "")
    covered = (record.data.get("head_seq"), record.data.get("head")) == (head_seq, head)
    body = _checkpoint(head_seq, head, record.at, name)
    if not covered or not signed_by(trust.keys[name], body, told.get("signature", "")):
        return trust, f"the signature in record {record.seq} is not of the records before it"
    return trust.model_copy(update={"signed": head_seq}), ""


def _checkpoint(seq: int, head: str, at: datetime, key: str) -> bytes:
    return canonical(
        {"kind": "triage.audit.checkpoint", "seq": seq, "head": head, "at": at.isoformat(), "key": key}
    )


def _introduction(public: str, voucher: str) -> bytes:
    return canonical({"kind": "triage.audit.key", "public": public, "vouched_by": voucher})


def _strings(data: Mapping[str, JsonValue]) -> dict[str, str]:
    return {name: value for name, value in data.items() if isinstance(value, str)}
