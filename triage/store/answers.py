"""Answers to reviews by the client's idempotency key: asked again, the first answer is given again."""

from __future__ import annotations

import uuid
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.store.tables import answers


class StoredAnswer(Frozen):
    """What a key was used for and what was answered.

    `key` is the person's object id and the client's key; `request` is a digest of what was asked, since a key
    is for one question.
    """

    key: str
    review_id: uuid.UUID
    request: str
    reply: dict[str, JsonValue]


async def get(conn: AsyncConnection, key: str) -> StoredAnswer | None:
    """Return the answer given under this key, or `None`."""
    row = (await conn.execute(select(answers).where(answers.c.key == key))).mappings().first()
    if row is None:
        return None
    return StoredAnswer(
        key=row["key"], review_id=row["review_id"], request=row["request"], reply=row["reply"]
    )


async def put(conn: AsyncConnection, answer: StoredAnswer, now: datetime) -> None:
    """Keep an answer."""
    await conn.execute(insert(answers).values({**answer.model_dump(), "at": now}))
