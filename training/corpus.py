"""The shipped corpus as rows to learn from: every frame, filled with people of invented companies."""

import numpy as np

from training.clean import build_dataset
from training.company import invent_company
from training.dataset import Dataset
from training.export import Row
from training.frames import load_frames
from training.mapping import by_column
from training.synth import synth

_COMPANIES = 12  # so that no name is met often


def corpus_dataset(labels: set[str], seed: int, *, whole: bool) -> Dataset:
    """Return the corpus as rows that teach and are never measured on (`own` is false).

    Args:
        labels: Labels of the export; frames of other labels are left out.
        seed: Seed of the invented companies.
        whole: Take frames of all labels.
    """
    frames = [frame for frame in load_frames() if whole or frame.intent in labels]
    rows: list[dict[str, str]] = []
    for number in range(_COMPANIES):
        share = frames[number::_COMPANIES]
        if share:
            rows += synth(invent_company(seed + number), rows=len(share), seed=seed + number, frames=share)
    data, _ = build_dataset((Row(0, row) for row in rows), by_column("u_intent"), keep_rare=True)
    return Dataset(
        **{
            **{name: getattr(data, name) for name in data.__dataclass_fields__},
            "own": np.zeros(len(data), dtype=bool),
        }
    )
