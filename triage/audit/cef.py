"""One record as a line of the Common Event Format, which SIEMs read (ArcSight CEF)."""

from __future__ import annotations

from typing import Final

from triage.audit.chain import Record
from triage.audit.events import Event
from triage.audit.export import sentence

_VENDOR: Final = "Ticket Triage|triage"
_GRAVE: Final = {
    Event.HALT_SET.label: 7,
    Event.RUN_FAILED.label: 5,
    Event.RUN_UNKNOWN.label: 8,
    Event.SECRET_DESTROYED.label: 6,
    Event.RECONCILE_ALARM.label: 9,
    Event.STORM_RAISED.label: 7,
    Event.BREAKER_OPENED.label: 7,
}
_ORDINARY: Final = 2


def cef(record: Record) -> str:
    """The record as CEF; `externalId` has no gaps, `cs1` and `cs2` are the hashes that tie neighbours."""
    told = {
        "externalId": record.seq,
        "rt": round(record.at.timestamp() * 1000),
        "suser": record.actor,
        "msg": sentence(record),
        "cs1Label": "hash",
        "cs1": record.hash,
        "cs2Label": "previousHash",
        "cs2": record.previous,
        "cs3Label": "subject",
        "cs3": record.subject,
    }
    head = "|".join((_VENDOR, "1", _in_head(record.event), _in_head(record.event.replace(".", " "))))
    severity = _GRAVE.get(record.event, _ORDINARY)
    return f"CEF:0|{head}|{severity}|" + " ".join(
        f"{name}={_in_value(value)}" for name, value in told.items()
    )


def _in_head(text: str) -> str:
    return _one_line(text).replace("\\", "\\\\").replace("|", "\\|")


def _in_value(value: object) -> str:
    return _one_line(str(value).replace("\\", "\\\\").replace("=", "\\="))


def _one_line(text: str) -> str:
    """Hostile text starts no event of its own: line breaks are spelled out."""
    return text.replace("\r", "\\r").replace("\n", "\\n")
