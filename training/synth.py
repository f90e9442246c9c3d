"""Expands the shipped frames with a company's people into an export as ServiceNow would write it."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Final

from training.cast import Cast, Stage, choose_cast, set_stage
from training.company import World, names
from training.dress import channel, form_fields, moments, sorted_in, with_footer
from training.frames import Frame, load_frames
from training.truth import parameters

UNTIL: Final = datetime(2026, 11, 20, 18, tzinfo=UTC)
"""The last day of a synthetic export, unless another is given."""

COLUMNS: Final = (
    "number",
    "sys_id",
    "caller_id",
    "opened_by",
    "opened_at",
    "contact_type",
    "short_description",
    "description",
    "category",
    "subcategory",
    "assignment_group",
    "cmdb_ci",
    "state",
    "close_code",
    "close_notes",
    "cat_item",
    "variables",
    "u_intent",
    "u_frame",
    "u_writer",
    "u_lang",
    "u_style",
    "u_parameters",
)
_SLOT = re.compile(r"\{([a-z0-9]+(?:\.[a-z]+)?)\}")


def synth(
    world: World, *, rows: int, seed: int, until: datetime = UNTIL, frames: Sequence[Frame] | None = None
) -> Iterator[dict[str, str]]:
    """Yield `rows` tickets of `world`, oldest first, as strings by the names of `COLUMNS`.

    Frames are drawn in rounds, each without repeats, a frame by its `weight`. The same arguments give the
    same rows.
    """
    rng = Random(seed)  # noqa: S311 - a reproducible choice, no secret
    stage = set_stage(world, names())
    chosen = _drawn(load_frames() if frames is None else frames, rows, rng)
    for number, (frame, opened_at) in enumerate(zip(chosen, moments(rows, until, rng), strict=True)):
        yield ticket(frame, stage, number, opened_at, rng)


def _drawn(frames: Sequence[Frame], rows: int, rng: Random) -> list[Frame]:
    chosen: list[Frame] = []
    while len(chosen) < rows:
        drawn = [frame for frame in frames if rng.random() < frame.weight]
        chosen += rng.sample(drawn, min(len(drawn), rows - len(chosen)))
    return chosen


def ticket(frame: Frame, stage: Stage, number: int, opened_at: datetime, rng: Random) -> dict[str, str]:
    """Write one ticket of a frame, as the export has it; `number` counts within the export."""
    cast = choose_cast(frame, stage, opened_at, rng)
    body = with_footer(filled(frame.description, cast), frame, cast.values, rng)
    cat_item, variables, description = form_fields(frame, body, rng)
    category, subcategory, group = sorted_in(frame, rng)
    contact_type = channel(frame, rng)
    agent = f"service.desk@{stage.domain}"
    return {
        "number": f"{'RITM' if cat_item else 'INC'}{number + 10001:07d}",
        "sys_id": f"{rng.getrandbits(128):032x}",
        "caller_id": cast.caller,
        "opened_by": agent if contact_type in {"phone", "walk-in"} else cast.caller,
        "opened_at": f"{opened_at:%Y-%m-%d %H:%M:%S}",
        "contact_type": contact_type,
        "short_description": filled(frame.short_description, cast),
        "description": description,
        "category": category,
        "subcategory": subcategory,
        "assignment_group": group,
        "cmdb_ci": "",
        "state": "7",
        "close_code": rng.choice(("Solution provided", "Resolved by request", "Workaround provided")),
        "close_notes": "",
        "cat_item": cat_item,
        "variables": variables,
        "u_intent": frame.intent,
        "u_frame": frame.id,
        "u_writer": frame.writer,
        "u_lang": frame.lang,
        "u_style": frame.style,
        "u_parameters": json.dumps(parameters(frame, cast), ensure_ascii=False),
    }


def filled(text: str, cast: Cast) -> str:
    """Return the text with its slots filled; what is no slot stays as it is."""
    return _SLOT.sub(lambda slot: cast.values.get(slot[1], slot[0]), text)
