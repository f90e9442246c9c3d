"""`triage synth`: a synthetic ServiceNow export from the shipped ticket frames."""

from pathlib import Path
from typing import Annotated

import typer

from training.company import harborline, load_company
from training.frames import Part, load_frames, part_of
from training.synth import synth
from training.writing import write_export
from triage.cli.console import summary

Out = Annotated[Path, typer.Argument(metavar="OUT.csv", help="File to write; .gz is compressed.")]
Rows = Annotated[int, typer.Option(min=1, max=2_000_000, help="Number of tickets.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same file.")]
Dirty = Annotated[
    bool, typer.Option("--dirty", help="With what real exports have: broken rows, doubles, odd encodings.")
]
WorldFile = Annotated[
    Path | None, typer.Option("--world", help="JSON of another company than Harborline Logistics.")
]
PartOf = Annotated[
    Part, typer.Option(help="Only of frames that teach the shipped words, or of those held out to measure.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("synth", help="Write a synthetic ServiceNow export from the shipped ticket frames.")(write)


def write(
    out: Out,
    rows: Rows = 5000,
    seed: Seed = 1,
    *,
    dirty: Dirty = False,
    world: WorldFile = None,
    part: PartOf = Part.ALL,
) -> None:
    """Write the export; labels are in `u_intent`, true parameters in `u_parameters`."""
    company = load_company(world) if world else harborline()
    tickets = synth(company, rows=rows, seed=seed, frames=part_of(load_frames(), part))
    write_export(out, tickets, dirty=dirty, seed=seed)
    name = company["organization"]["displayName"]
    summary(f"{rows} tickets of {name} in {out}; train with: triage train {out} --promote")
