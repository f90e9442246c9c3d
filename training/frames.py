"""The shipped corpus: hand-written tickets with slots, one frame a line of `data/frames.jsonl`."""

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Frame:
    """One ticket as somebody would write it, with `{slots}` where a company's names go.

    Attributes:
        id: Stable name; rows made of one frame belong together in every split.
        writer: Whose voice it is; cross-validate by it.
        intent: The label.
        lang: ISO 639-1 code.
        style: portal, terse, email, phone, chat, angry, verbose, nonnative, typos, forwarded, auto or catalog.
        opened_by: self, colleague, manager, hr, it, monitoring or external.
        asks: Parameter to slot (or to a literal where the text names it); what is not said is left out.
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
    team: str = ""

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
