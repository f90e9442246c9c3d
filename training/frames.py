"""The shipped corpus: hand-written tickets with slots, one frame a line of `data/frames.jsonl`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final
from zlib import crc32

from models.labels import OTHER

_RARE: Final = 1 / 3
_HELD_OUT: Final = 5
"""One frame in so many teaches nothing that ships and is never looked at: it measures."""


class Part(StrEnum):
    """Which frames of the corpus: those that may teach, those held out to measure, or all."""

    ALL = "all"
    TAUGHT = "taught"
    HELD_OUT = "held-out"


@dataclass(frozen=True, slots=True)
class Frame:
    """One ticket as somebody would write it, with `{slots}` where a company's names go.

    Attributes:
        id: Stable name; rows made of one frame belong together in every split.
        writer: Whose voice it is; cross-validate by it.
        intent: The label.
        lang: ISO 639-1 code.
        style: portal, terse, email, phone, chat, angry, verbose, nonnative, typos, forwarded, auto, catalog.
        opened_by: self, colleague, manager, hr, it, monitoring or external.
        asks: Parameter to slot (or to a literal where the text names it); what is not said is left out.
        difficulty: easy, indirect or messy; empty if not judged.
        near: The intent that an `other` looks like, or an intent's look-alike; empty if none.
        team: Who works on it when it is `other`; empty if unknown.
    """

    id: str
    writer: str
    intent: str
    lang: str
    style: str
    opened_by: str
    short_description: str
    description: str
    asks: dict[str, Any] = field(default_factory=dict)
    difficulty: str = ""
    near: str = ""
    team: str = ""

    @property
    def weight(self) -> float:
        """How often a queue sees such a ticket, beside a plain one.

        The corpus has more indirect, messy and look-alike tickets than a queue: they teach more.
        """
        hard = _RARE if self.difficulty in {"indirect", "messy"} else 1.0
        return hard * (_RARE if self.near and self.intent == OTHER else 1.0)

    @property
    def text(self) -> str:
        """Subject and body with their slots."""
        return f"{self.short_description}\n{self.description}"


@cache
def load_frames() -> tuple[Frame, ...]:
    """Read the corpus in its order."""
    names = Frame.__dataclass_fields__
    with files("training").joinpath("data/frames.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return tuple(Frame(**{key: record[key] for key in names if key in record}) for record in records)


def part_of(frames: Iterable[Frame], part: Part) -> tuple[Frame, ...]:
    """Return the frames of one part, in their order; which part a frame is in follows from its id alone."""
    return tuple(frame for frame in frames if part in {Part.ALL, _part(frame)})


def _part(frame: Frame) -> Part:
    return Part.TAUGHT if crc32(frame.id.encode()) % _HELD_OUT else Part.HELD_OUT
