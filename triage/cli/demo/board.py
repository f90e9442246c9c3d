"""What the terminal shows while tickets go through: a live table, or a line a ticket without a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from triage.cli.console import safe, table
from triage.cli.demo.proof import ENDS, Told
from triage.domain.run import TicketState
from triage.store.desk import Line

_ROWS = 18
_TITLE = 44
_STYLES = {
    TicketState.RESOLVED: "green",
    TicketState.SCHEDULED: "magenta",
    TicketState.REVIEW: "yellow",
    TicketState.BLOCKED: "red",
    TicketState.HANDOVER: "blue",
    TicketState.RUNNING: "cyan",
}
_WORDS = {
    TicketState.RECEIVED: "deciding",
    TicketState.RUNNING: "running",
    TicketState.RESOLVED: "resolved",
    TicketState.SCHEDULED: "waits its day",
    TicketState.REVIEW: "waits for you",
    TicketState.BLOCKED: "blocked",
    TicketState.HANDOVER: "handed over",
}


class Board:
    """Shows the newest tickets; `update` is called again and again with all of them."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._told: set[object] = set()
        self._restarts = 0
        self._live = Live(console=out, refresh_per_second=4, transient=False) if out.is_terminal else None

    def __enter__(self) -> Self:
        """Begin to draw."""
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the last picture standing."""
        if self._live:
            self._live.stop()

    def update(self, lines: Sequence[Line], restarts: int) -> None:
        """Show where every ticket stands now."""
        if self._live:
            self._live.update(picture(lines, restarts))
            return
        if restarts > self._restarts:
            self._restarts = restarts
            self._out.print("The service died and was started again.")
        for line in reversed(lines):
            if line.state.settled and (line.id, line.state) not in self._told:
                self._told.add((line.id, line.state))
                self._out.print(_sentence(line), soft_wrap=True)


def picture(lines: Sequence[Line], restarts: int) -> RenderableType:
    """The table of the newest tickets with the counts below it."""
    drawn = table("Tickets", "Ticket", "What it says", "Intent", "#Sure", "Where it stands", "Why")
    for line in lines[:_ROWS]:
        _add(drawn, line)
    counts = Counter(line.state for line in lines)
    told = Text.assemble(
        f"{len(lines)} taken in",
        *(
            (f" · {counts[state]} {_WORDS[state]}", _STYLES.get(state, ""))
            for state in _WORDS
            if counts[state]
        ),
    )
    if restarts:
        told.append(f" · the service died {restarts}x and was started again", "bold red")
    return Group(drawn, told)


def closing(told: Told) -> RenderableType:
    """The table that ends a demo: what became of each intent, and where its steps took effect."""
    columns = (*(f"#{words}" for words in ENDS.values()), "#cloud", "#on-prem")
    drawn = table("What became of each intent", "Intent", *columns)
    for label, ends in told.outcomes.items():
        routes = told.intents.get(label, {})
        counts = (*(ends.get(end, "") for end in ENDS), routes.get("cloud", ""), routes.get("onprem", ""))
        drawn.add_row(safe(label), *map(str, counts))
    scenes = (safe(f"{name.removeprefix('scene.')}: {outcome}") for name, outcome in told.scenes.items())
    return Group(drawn, *scenes)


def _add(drawn: Table, line: Line) -> None:
    decision = line.decision
    drawn.add_row(
        safe(line.ticket.number),
        safe(_short(line.ticket.short_description)),
        safe(decision.label if decision else ""),
        safe(f"{decision.confidence:.2f}" if decision else ""),
        Text(_WORDS[line.state], _STYLES.get(line.state, "")),
        safe(_why(line)),
    )


def _why(line: Line) -> str:
    return line.decision.rules[0].sentence if line.decision and line.decision.rules else ""


def _short(title: str) -> str:
    return title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"


def _sentence(line: Line) -> Text:
    label = line.decision.label if line.decision else "?"
    return safe(f"{line.ticket.number}  {_WORDS[line.state]:<14} {label:<26} {_why(line)}")
