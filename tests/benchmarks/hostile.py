"""Plays two sets of hostile and ordinary tickets through the production code: what ran alone, and why not.

Run `python -m tests.benchmarks.hostile`, or `make hostile`. The tickets in `tests/benchmarks/tickets` were
written by hand, in eight languages, without looking at the frames that teach the classifier; the second set
(`--only 2`) also without looking at what the rules did to the first. Without a model one is trained first on
`triage synth`. With `--sure` the model's doubt counts for nothing and only the policy stands guard. Ends with
1 when a ticket ran by itself that must not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import yaml

from models.model import Model
from models.prediction import Prediction
from models.registry import Registry
from models.text import TicketText
from training.company import harborline
from triage.cli.console import add_row, report, table
from triage.cli.replay.rehearsal import rehearsal
from triage.domain.decision import Decision, Verdict
from triage.intake.export import ticket_of
from triage.memory import InMemoryMemory
from triage.policy.decide import Policy
from triage.settings import load_settings

TICKETS = Path(__file__).with_name("tickets")
SETS = {1: "", 2: "-2"}
DOMAIN = "harborline.example"
START = datetime(2026, 11, 23, 9, tzinfo=UTC)
PACE = timedelta(minutes=5)


@dataclass(frozen=True)
class Told:
    """A ticket of a set: its group, the fields of its row, and what must not become of it."""

    group: str
    row: dict[str, str]
    hostile: bool
    may_run: bool
    harmless: bool


@dataclass(frozen=True)
class Played:
    """A ticket and what was decided."""

    told: Told
    decision: Decision

    @property
    def alone(self) -> bool:
        return self.decision.verdict is Verdict.AUTO

    @property
    def refused(self) -> bool:
        """Whether a harmless ask got no offer at all, where a person should have decided."""
        return self.told.harmless and self.decision.verdict is Verdict.BLOCKED

    @property
    def why(self) -> str:
        return ", ".join(rule.id for rule in self.decision.rules)


def tickets(number: int) -> Iterator[list[Told]]:
    """One of the sets, group by group; each group is a morning of its own."""
    count = 0
    for name in ("ordinary", "hostile"):
        for group in yaml.safe_load((TICKETS / f"{name}{SETS[number]}.yaml").read_text("utf-8")):
            told = []
            for entry in group["tickets"]:
                count += 1
                told.append(_told(group["group"], entry, count, hostile=name == "hostile"))
            yield told


def _told(group: str, entry: list[Any], number: int, *, hostile: bool) -> Told:
    further = entry[-1] if isinstance(entry[-1], dict) else {}
    words = [one for one in entry if isinstance(one, str)]
    caller, channel, subject, text = words[:4] if hostile else (words[0], "self-service", *words[1:3])
    mark = words[4:] if hostile else ["may"]
    known = "@" in caller or " " in caller or caller == "unknown"
    row = {
        "number": f"INC{number:07}",
        "caller_id": caller if known else f"{caller}@{DOMAIN}",
        "contact_type": channel,
        "short_description": subject,
        "description": text,
        "opened_at": (START + number * PACE).isoformat(),
    }
    harmless = not hostile or mark == ["review"]
    return Told(group, row | further, hostile=hostile, may_run=mark == ["may"], harmless=harmless)


@dataclass(frozen=True)
class Unwavering:
    """The model without a doubt: what it takes a ticket for, it accepts."""

    model: Model

    def predict(self, texts: Sequence[TicketText]) -> list[Prediction]:
        sure = {"accepted": True, "confidence": 0.99, "novelty": 0.0}
        return [one.model_copy(update=sure) for one in self.model.predict(texts)]


async def play(model: Model, policy: Path | None, number: int) -> list[Played]:
    """Decide on every ticket as `triage replay` does, with a fresh memory for each group."""
    played = []
    async with rehearsal(harborline(), model, Policy.load(policy)) as stage:
        for group in tickets(number):
            fresh = replace(stage, tools=replace(stage.tools, memory=InMemoryMemory()))
            for told in group:
                found = await fresh.decide(ticket_of(told.row, 1, now=START))
                played.append(Played(told, found.decision))
    return played


def trained(data_dir: Path, version: str | None) -> Model:
    """The promoted model; without one, a new one as README trains it."""
    if version is None and Registry(data_dir).current() is None:
        with tempfile.TemporaryDirectory() as folder:
            export = str(Path(folder) / "export.csv")
            for command in (["synth", export], ["train", export, "--promote"]):
                environment = os.environ | {"TRIAGE_DATA_DIR": str(data_dir)}
                subprocess.run([sys.executable, "-m", "triage", *command], check=True, env=environment)
    return Registry(data_dir).require(version)


def tell(played: list[Played], number: int, *, every: bool) -> bool:
    """Print what ran by itself in each group, and why not; return whether nothing did that must not."""
    out = report()
    out.rule(f"Set {number}")
    for hostile, title in ((False, "Ordinary asks"), (True, "Hostile tickets, and asks for people")):
        drawn = table(title, "group", "#tickets", "#auto", "#review", "#blocked", "#handover")
        ours = [one for one in played if one.told.hostile is hostile]
        for group in dict.fromkeys(one.told.group for one in ours):
            counts = Counter(one.decision.verdict for one in ours if one.told.group == group)
            order = (Verdict.AUTO, Verdict.REVIEW, Verdict.BLOCKED, Verdict.HANDOVER)
            add_row(drawn, group, counts.total(), *(counts[verdict] for verdict in order))
        out.print(drawn)
    refused = [one for one in played if not one.told.hostile and not one.alone]
    reasons = Counter(rule.id for one in refused for rule in one.decision.rules)
    drawn = table("Why ordinary asks did not run by themselves", "rule", "#asks")
    for rule, count in reasons.most_common():
        add_row(drawn, rule, count)
    out.print(drawn)
    through = [one for one in played if one.alone and not one.told.may_run]
    kept = [one for one in played if one.refused and one.told.hostile]
    for one in played if every else [*refused, *kept, *through]:
        row, made = one.told.row, one.decision
        words = f"{row['caller_id']}: {row['short_description']!r} -> {made.verdict} as {made.label}"
        out.print(f"{row['number']} {words} ({made.confidence:.2f}): {one.why}", soft_wrap=True)
    ordinary = [one for one in played if not one.told.hostile]
    alone = sum(one.alone for one in ordinary)
    out.print(
        f"{alone} of {len(ordinary)} ordinary asks ran by themselves; {len(through)} of "
        f"{len(played) - len(ordinary)} others ran that must not; {sum(one.refused for one in played)} of "
        f"{sum(one.told.harmless for one in played)} harmless ones were blocked"
    )
    return not through


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="a version; the promoted one else")
    parser.add_argument("--policy", type=Path, help="folder of a site's own rules")
    parser.add_argument("--every", action="store_true", help="tell the reason for every ticket")
    parser.add_argument("--sure", action="store_true", help="as if the model had no doubt: the policy alone")
    parser.add_argument("--only", type=int, choices=sorted(SETS), help="one of the sets; both else")
    given = parser.parse_args()
    model = trained(load_settings().data_dir, given.model)
    if given.sure:
        model = cast("Model", Unwavering(model))
    clean = True
    for number in [given.only] if given.only else SETS:
        clean &= tell(asyncio.run(play(model, given.policy, number)), number, every=given.every)
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
