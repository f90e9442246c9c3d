"""The pages, plain documents and forms: all works without scripts, one small module adds comfort."""

from __future__ import annotations

from fastapi import APIRouter

from triage.web.pages import (
    activity,
    answers,
    asks,
    deputies,
    doors,
    events,
    first_day,
    not_me,
    proofs,
    queue,
    sealed,
    switch,
    ticket,
)

router = APIRouter()
PARTS = (queue, ticket, answers, asks, deputies, activity, switch, sealed, first_day, not_me, proofs)
for part in (*PARTS, doors, events):
    router.include_router(part.router)

__all__ = ["router"]
