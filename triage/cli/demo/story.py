"""Which tickets are played: frames the model never saw, and a few that are written to show something."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from random import Random

import yaml

from training.company import World
from training.frames import Frame, load_frames
from training.synth import synth

_HELD_OUT = 8
_SHARES: Mapping[str, int] = {
    "password_reset": 14,
    "account_unlock": 12,
    "license_assign": 14,
    "group_add_member": 14,
    "service_restart": 10,
    "other": 12,
}
"""How many of a hundred tickets; the other intents share the rest."""

TRAINING_ROWS = 4_000


@dataclass(frozen=True)
class Story:
    """Rows for training and for playing; no frame is in both, so that unseen words are shown."""

    learnt: Iterator[dict[str, str]]
    played: Sequence[Mapping[str, str]]


def story(world: World, tickets: int, seed: int, today: date) -> Story:
    """Write the story of `world` as of `today`: written tickets of every intent, and others by shares."""
    frames = load_frames()
    unseen = [frame for frame in frames if _held_out(frame)]
    known = [frame for frame in frames if not _held_out(frame)]
    rng = Random(seed)  # noqa: S311 - a reproducible choice, no secret
    written = _written(today)[:tickets]
    chosen = _chosen(unseen, tickets - len(written), rng)
    drawn = list(synth(world, rows=len(chosen), seed=seed, frames=chosen)) if chosen else []
    played: list[Mapping[str, str]] = [*written, *drawn]
    rng.shuffle(played)
    return Story(synth(world, rows=TRAINING_ROWS, seed=seed + 1, frames=known), played)


def _held_out(frame: Frame) -> bool:
    return hashlib.sha256(frame.id.encode()).digest()[0] % _HELD_OUT == 0


def _chosen(frames: Sequence[Frame], count: int, rng: Random) -> list[Frame]:
    """Draw `count` different frames, the intents by their shares."""
    labels = sorted({frame.intent for frame in frames})
    rest = (100 - sum(_SHARES.values())) / (len(labels) - len(_SHARES))
    weight = {label: _SHARES.get(label, rest) for label in labels}
    drawn = rng.choices(labels, [weight[label] for label in labels], k=count)
    return [
        frame
        for label in labels
        for frame in rng.sample([f for f in frames if f.intent == label], drawn.count(label))
    ]


def _written(today: date) -> list[dict[str, str]]:
    days = {"{yesterday}": today - timedelta(days=1), "{in_ten_days}": today + timedelta(days=10)}
    text = files("triage.cli.demo").joinpath("tickets.yaml").read_text("utf-8")
    for name, day in days.items():
        text = text.replace(name, f"{day:%-d %B %Y}")
    tickets: list[dict[str, str]] = yaml.safe_load(text)
    return tickets
