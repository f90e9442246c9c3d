"""Counts, for each parameter, how a replay resolved it beside the truth in the file, and shows the table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from triage.cli.console import add_row, table
from triage.cli.replay.truth import HELD, Compared, Outcome


@dataclass(frozen=True)
class Tally:
    """How often one parameter came out how; `required` tells whether its playbooks need it."""

    name: str
    required: bool
    counts: Mapping[Outcome, int]

    @property
    def held(self) -> int:
        """How often the text holds it."""
        return sum(self.counts.get(outcome, 0) for outcome in HELD)

    def share(self, outcome: Outcome) -> float:
        """Return the share of an outcome among those held, 0..1; 0 where none is held."""
        return self.counts.get(outcome, 0) / self.held if self.held else 0.0

    def as_json(self) -> dict[str, object]:
        """Return the tally as the summary's JSON has it."""
        shares = {f"{one}_share": round(self.share(one), 4) for one in (Outcome.RIGHT, Outcome.WRONG)}
        counts = {one.value: self.counts.get(one, 0) for one in (*HELD, Outcome.UNSAID, Outcome.EXTRA)}
        return {"parameter": self.name, "required": self.required, "held": self.held, **counts, **shares}


def tallies(results: Iterable[Compared]) -> list[Tally]:
    """Return one tally a parameter, the required ones first and all of them together before each kind."""
    found: dict[tuple[bool, str], Counter[Outcome]] = defaultdict(Counter)
    for one in results:
        for name in ("", one.name):
            found[(not one.required, name)][one.outcome] += 1
    ordered = sorted(found.items())
    return [Tally(name or "all", not optional, counts) for (optional, name), counts in ordered]


def drawn(rows: Sequence[Tally]) -> Table:
    """Return the table of the tallies."""
    told = table(
        "Parameters beside the truth of the file", "Parameter", "#held", *_COLUMNS, "#right %", "#wrong %"
    )
    for row in rows:
        counts = (row.counts.get(outcome, 0) for outcome in (*HELD, Outcome.UNSAID))
        shares = (f"{100 * row.share(one):.1f}" for one in (Outcome.RIGHT, Outcome.WRONG))
        add_row(told, row.name if row.required else f"{row.name} (optional)", row.held, *counts, *shares)
    return told


_COLUMNS = tuple(f"#{outcome}" for outcome in (*HELD, Outcome.UNSAID))


def in_words(rows: Sequence[Tally]) -> str:
    """Return the sentence about the required parameters; empty where nothing was compared."""
    whole = next((row for row in rows if row.required and row.name == "all"), None)
    if whole is None:
        return ""
    right, wrong = (f"{100 * whole.share(one):.2f} %" for one in (Outcome.RIGHT, Outcome.WRONG))
    return f"of {whole.held} required parameters that a text holds {right} right, {wrong} wrong"
