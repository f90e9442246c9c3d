"""A small model, taught once for all tests that need one: four intents of the shipped frames, and `other`."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from models.certificate import Contract
from models.registry import Registry
from models.signature import private_key, trust
from training.cast import set_stage
from training.clean import Tally, build_dataset
from training.company import invent_company, names
from training.dataset import Dataset
from training.export import Row
from training.frames import load_frames
from training.mapping import by_column
from training.plan import Plan
from training.publish import Published, publish
from training.synth import ticket

LABELS = ("bitlocker_recovery", "calendar_permission", "file_share_access", "service_restart", "other")
NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
PLAN = Plan(folds=3)
CONTRACT = Contract(max_wrong=0.05, assurance=0.9)


KEY = private_key(b"the key that signs small models.")


@dataclass(frozen=True)
class Small:
    """A data directory with one version that nobody promoted yet, and the rows it was taught on."""

    data_dir: Path
    published: Published
    data: Dataset


@cache
def rows() -> tuple[dict[str, str], ...]:
    """Tickets of every third plain frame of the five labels."""
    frames = [one for one in load_frames() if one.intent in LABELS and one.weight == 1.0][::2]
    stage, rng = set_stage(invent_company(3), names()), Random(3)
    return tuple(ticket(frame, stage, number, NOW, rng) for number, frame in enumerate(frames))


@cache
def dataset() -> tuple[Dataset, Tally]:
    """Return them as rows to learn from."""
    return build_dataset((Row(2, one) for one in rows()), by_column("u_intent"), keep_rare=False)


@cache
def small() -> Small:
    """Teach the model, in a directory of its own."""
    data, tally = dataset()
    folder = Path(mkdtemp(prefix="small-model-"))
    registry = Registry(folder)
    trust(registry.keys, KEY.public_key())
    published = publish(
        data, tally, CONTRACT, PLAN, registry, lambda _: None, seed=1, jobs=1, now=NOW, key=KEY
    )
    return Small(folder, published, data)
