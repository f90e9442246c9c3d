"""Measures what resolving makes of synthetic tickets: right, wrong, ambiguous and missing for each parameter.

Run `python -m tests.benchmarks.resolve` (`--help` for more). The truth is the frames' own; the label is
given, so that only resolving is measured. `--show wrong` prints tickets to look at. With `--strangers`,
whoever a ticket is about is not in the directory: the right answer is nobody.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tests.resolve import own_words
from training.company import World, harborline
from training.frames import Part, load_frames, part_of
from training.synth import synth
from triage.cli.company import directory_of_world, site_of
from triage.cli.replay import truth
from triage.cli.replay.truth import HELD, Compared, Outcome, values_of
from triage.domain.site import Site
from triage.domain.ticket import Channel, Ticket
from triage.playbooks.load import load_playbooks
from triage.playbooks.model import Playbook
from triage.resolve import resolve
from triage.resolve.directory import Directory

_MEANT = ("user", "trustee")
"""The parameters that say for whom something is asked."""


@dataclass(frozen=True)
class Scenery:
    """The company everything is resolved against."""

    world: World
    site: Site
    directory: Directory
    playbooks: Mapping[str, Playbook]


def scenery() -> Scenery:
    """Return the shipped company and playbooks."""
    world = harborline()
    return Scenery(world, site_of(world), directory_of_world(world), load_playbooks())


def ticket_of(row: Mapping[str, str]) -> Ticket:
    """Return the ticket a row of a synthetic export stands for."""
    return Ticket(
        source="synthetic",
        sys_id=row["sys_id"],
        number=row["number"],
        caller_id=row["caller_id"],
        opened_by=row["opened_by"],
        opened_at=datetime.fromisoformat(row["opened_at"]).replace(tzinfo=UTC),
        contact_type=Channel(row["contact_type"]),
        short_description=row["short_description"],
        description=row["description"],
        category=row["category"],
        cat_item=row["cat_item"],
        variables=json.loads(row["variables"] or "{}"),
    )


def compared(row: Mapping[str, str], where: Scenery) -> Iterator[Compared]:
    """Resolve one row with its true label and compare each parameter."""
    playbook = where.playbooks[row["u_intent"]]
    request = resolve(ticket_of(row), playbook.label, playbook, where.directory, where.site)
    return truth.compared(row, request, playbook, where.directory, where.site)


def without_the_meant(row: Mapping[str, str], where: Scenery) -> Scenery:
    """Return the company without the people that a ticket asks something for, but with its caller."""
    told = json.loads(row["u_parameters"])
    meant = {upn for name in _MEANT for upn in values_of(name, told.get(name), where.site)}
    meant -= {row["caller_id"].lower()}
    if not meant:
        return where
    left = tuple(one for one in where.directory.people if one.upn not in meant)
    return replace(where, directory=replace(where.directory, people=left))


def main(arguments: Sequence[str]) -> None:
    """Print the table, and the tickets asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=6600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", type=Part, default=Part.ALL, help="only frames that may teach, or held out")
    parser.add_argument("--writers", default="", help="only frames of these, separated by commas")
    parser.add_argument("--label", default="", help="only this label")
    parser.add_argument("--name", default="", help="show only this parameter")
    parser.add_argument("--show", type=Outcome, help="print tickets with this outcome")
    parser.add_argument("--most", type=int, default=40, help="print at most so many")
    parser.add_argument(
        "--own", action="store_true", help="our own tickets (tests/resolve) in place of frames"
    )
    parser.add_argument("--strangers", action="store_true", help="take those meant out of the directory")
    chosen = parser.parse_args(arguments)
    where, writers = scenery(), set(filter(None, chosen.writers.split(",")))
    frames = [
        frame
        for frame in part_of(load_frames(), chosen.part)
        if frame.intent in where.playbooks
        and (not writers or frame.writer in writers)
        and chosen.label in {"", frame.intent}
    ]
    started = time.perf_counter()
    if chosen.own:
        rows = [
            row for row in own_words.rows() if not row["u_foreign"] and chosen.label in {"", row["u_intent"]}
        ]
    else:
        rows = list(synth(where.world, rows=min(chosen.rows, len(frames)), seed=chosen.seed, frames=frames))
    made = time.perf_counter()
    lacking = without_the_meant if chosen.strangers else lambda _, whole: whole
    results = [one for row in rows for one in compared(row, lacking(row, where))]
    spent = 1000 * (time.perf_counter() - made) / max(1, len(rows))
    _print_table(results)
    sys.stdout.write(f"{len(rows)} tickets, {spent:.2f} ms each (made in {made - started:.0f} s)\n")
    if chosen.show:
        asked = [one for one in results if one.outcome is chosen.show and chosen.name in {"", one.name}]
        _print_cases(random.Random(chosen.seed).sample(asked, min(chosen.most, len(asked))))


def _print_table(results: Sequence[Compared]) -> None:
    table: dict[tuple[str, str], Counter[Outcome]] = defaultdict(Counter)
    for one in results:
        kind = "required" if one.required else "optional"
        for key in ((one.row["u_intent"], one.name), ("every label", one.name), ("every label", f"* {kind}")):
            table[key][one.outcome] += 1
    heads = ("held", *(outcome.value for outcome in Outcome))
    sys.stdout.write(
        f"{'label':<26}{'parameter':<16}{'right %':>8}" + "".join(f"{h:>10}" for h in heads) + "\n"
    )
    for (label, name), counts in sorted(table.items()):
        held = sum(counts[one] for one in HELD)
        share = 100 * counts[Outcome.RIGHT] / held if held else 0
        numbers = "".join(f"{number:>10}" for number in (held, *(counts[one] for one in Outcome)))
        sys.stdout.write(f"{label:<26}{name:<16}{share:>8.1f}{numbers}\n")


def _print_cases(cases: Sequence[Compared]) -> None:
    for one in cases:
        row = one.row
        sys.stdout.write(
            f"-- {row['u_frame']} {row['u_intent']} {one.name}: true {one.truth}, found {one.found}"
            f" ({one.evidence}), caller {row['caller_id']}\n     {row['short_description']} | "
            + row["description"][:600].replace("\n", " // ")
            + f" {row['variables']}\n"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
