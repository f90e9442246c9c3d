"""The chain as JSON lines, and back: what leaves the machine can be checked there with the same code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable

from pydantic import ValidationError

from triage.audit.chain import Record, canonical
from triage.audit.events import Event
from triage.errors import Broken


def line(record: Record) -> str:
    """One record as one line of canonical JSON."""
    return canonical(record.model_dump(mode="json")).decode()


def sentence(record: Record) -> str:
    """What happened, in words; what an earlier release did not record yet is shown as a dash."""
    return Event.named(record.event).sentence.format_map(defaultdict(lambda: "-", record.data))


async def read(lines: Iterable[str], name: str) -> AsyncIterator[Record]:
    """The records in an exported file.

    Raises:
        Broken: a line is no record, or not written as we write it; the message names the line.
    """
    for number, text in enumerate(lines, start=1):
        try:
            record = Record.model_validate_json(text)
        except ValidationError:
            record = None
        if record is None or line(record) != text.rstrip("\r\n"):
            raise Broken(
                f"{name}:{number} is not an audit record as it was exported: it was changed or damaged",
                hint="Compare it with another copy, or export the chain anew with `triage audit export`.",
                subject=f"{name}:{number}",
            )
        yield record
