"""The API under /api/v1, one file a subject (interfaces.md section 5)."""

from __future__ import annotations

from fastapi import APIRouter

from triage.web.api import audit, breakers, classify, halts, models, reviews, runs, tickets, webhooks

router = APIRouter()
"""What needs a bearer token."""
for part in (classify, tickets, reviews, runs, audit, models, halts, breakers):
    router.include_router(part.router)

unsigned = webhooks.router
"""What carries its own signature."""

__all__ = ["router", "unsigned"]
