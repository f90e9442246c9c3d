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
    not_me,
    proofs,
    queue,
    sealed,
    switch,
    ticket,
)

router = APIRouter()
for part in (queue, ticket, answers, asks, deputies, activity, switch, sealed, not_me, proofs, doors, events):
    router.include_router(part.router)

__all__ = ["router"]
