"""Decisions, with the facts they rest on: what was decided stays as it was decided."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime, JsonValue
from sqlalchemy import RowMapping, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.vocabulary import Frozen
from triage.domain.decision import Decision
from triage.domain.facts import Facts
from triage.errors import Broken, Unknown
from triage.store.tables import decisions


class StoredDecision(Frozen):
    """A decision as it was made; `seconds` is what each stage took.

    `salt` goes into its digest in the audit chain; it is empty once the contents were erased.
    """

    id: uuid.UUID
    ticket_id: uuid.UUID
    made_at: AwareDatetime
    decision: Decision
    seconds: Mapping[str, float]
    salt: str = ""

    @property
    def facts(self) -> Facts:
        """What the policy saw.

        Raises:
            Broken: the decision was stored without them.
        """
        if self.decision.facts is None:
            raise Broken("a decision was stored without its facts", subject=f"decision {self.id}")
        return self.decision.facts


async def add(conn: AsyncConnection, stored: StoredDecision) -> None:
    """Keep a decision."""
    await conn.execute(
        insert(decisions).values(
            id=stored.id,
            ticket_id=stored.ticket_id,
            made_at=stored.made_at,
            verdict=stored.decision.verdict.value,
            label=stored.decision.label,
            content=stored.decision.model_dump(mode="json"),
            seconds=dict(stored.seconds),
            salt=stored.salt,
        )
    )


async def get(conn: AsyncConnection, decision_id: uuid.UUID) -> StoredDecision:
    """Return one decision.

    Raises:
        Unknown: there is no decision of that id.
    """
    row = (await conn.execute(select(decisions).where(decisions.c.id == decision_id))).mappings().first()
    if row is None:
        raise Unknown("there is no such decision", subject=f"decision {decision_id}")
    return _stored(row)


async def of_ticket(conn: AsyncConnection, ticket_id: uuid.UUID) -> tuple[StoredDecision, ...]:
    """Return the decisions on a ticket, newest first."""
    query = (
        select(decisions)
        .where(decisions.c.ticket_id == ticket_id)
        .order_by(decisions.c.made_at.desc(), decisions.c.id)
    )
    return tuple(_stored(row) for row in (await conn.execute(query)).mappings())


async def written(conn: AsyncConnection, decision_id: uuid.UUID) -> tuple[str, dict[str, JsonValue]] | None:
    """Return the salt and the content of a decision exactly as it was written, or `None` without one."""
    query = select(decisions.c.salt, decisions.c.content).where(decisions.c.id == decision_id)
    row = (await conn.execute(query)).first()
    return (row.salt, row.content) if row else None


async def stage_seconds(conn: AsyncConnection, since: datetime) -> tuple[dict[str, float], ...]:
    """Return the seconds of each stage of every decision made since then, oldest first."""
    query = select(decisions.c.seconds).where(decisions.c.made_at >= since).order_by(decisions.c.made_at)
    return tuple((await conn.execute(query)).scalars())


def _stored(row: RowMapping) -> StoredDecision:
    return StoredDecision(
        id=row["id"],
        ticket_id=row["ticket_id"],
        made_at=row["made_at"],
        decision=Decision.model_validate(row["content"]),
        seconds=row["seconds"],
        salt=row["salt"],
    )
