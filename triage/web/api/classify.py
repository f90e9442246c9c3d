"""POST /classify: what the model guesses for some rows; nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from models.prediction import Prediction
from triage.web.api.rows import Row
from triage.web.front import Reader, Served

router = APIRouter(tags=["classify"])

Rows = Annotated[list[Row], Field(min_length=1, max_length=1000)]


class Batch(BaseModel):
    """Rows to classify, 1 to 1,000."""

    rows: Rows


class Guess(Prediction):
    """The guess for one row, with the row's number."""

    number: str


class Guesses(BaseModel):
    """One guess a row, in the order of the rows."""

    predictions: Sequence[Guess]


@router.post("/classify")
async def classify(
    services: Served,
    caller: Reader,
    body: Annotated[Batch | Rows, Body(description="The rows, bare or as `rows`.")],
) -> Guesses:
    """Guess the label of each of 1 to 1,000 rows, by the model that serves now; nothing is stored.

    Needs the app role viewer or intake.
    """
    del caller
    rows = body.rows if isinstance(body, Batch) else body
    model = services.tools.model()
    found = await asyncio.to_thread(model.predict, [row.text for row in rows])
    guesses = [Guess(number=row.number, **one.model_dump()) for row, one in zip(rows, found, strict=True)]
    return Guesses(predictions=guesses)
