"""The shipped corpus as rows to learn from: every frame, filled with people of invented companies."""

from dataclasses import replace
from random import Random

import numpy as np

from training.cast import set_stage
from training.clean import build_dataset
from training.company import invent_company, names
from training.dataset import Dataset
from training.export import Row
from training.frames import load_frames
from training.mapping import by_column
from training.synth import UNTIL, ticket

_COMPANIES = 12  # so that no name is met often


def corpus_dataset(labels: set[str], known: set[str], seed: int) -> Dataset:
    """Return the corpus as rows that teach and are never measured on (`own` is false).

    Args:
        labels: Labels of the export; frames of other labels are left out.
        known: Groups of the export; frames that are among them are left out.
        seed: Seed of the invented companies.
    """
    frames = [frame for frame in load_frames() if frame.intent in labels and frame.id not in known]
    stages = [set_stage(invent_company(seed + number), names()) for number in range(_COMPANIES)]
    rng = Random(seed)  # noqa: S311 - no secret
    rows = (
        Row(number, ticket(frame, stages[number % _COMPANIES], number, UNTIL, rng))
        for number, frame in enumerate(frames)
    )
    data, _ = build_dataset(rows, by_column("u_intent"), keep_rare=True)
    nothing = np.zeros(len(data), np.int64)
    return replace(data, own=nothing.astype(bool), times=nothing)
