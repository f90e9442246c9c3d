"""Figures for Prometheus, counted from the database at each scrape: every process tells the same."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.halt import active
from triage.store import alarms, credentials, decisions, figures, reviews, tickets, workers
from triage.web.front import Served
from triage.workflow.services import Services

router = APIRouter(tags=["health"])
_WINDOW = timedelta(hours=1)
_DAY_SECONDS = 86_400
_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@router.get("/metrics", response_class=Response)
async def metrics(services: Served) -> Response:
    """Tell counts by state, verdict and label, seconds by stage, and what waits; nothing about a person."""
    registry = CollectorRegistry()
    async with services.engine.connect() as conn:
        await _count(conn, registry)
        await _wait(conn, services, registry)
        await _time(conn, services, registry)
        await _warn(conn, services, registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _count(conn: AsyncConnection, registry: CollectorRegistry) -> None:
    gauge = Gauge("triage_tickets", "Tickets by state", ["state"], registry=registry)
    for state, number in (await tickets.counts(conn)).items():
        gauge.labels(state.value).set(number)
    gauge = Gauge(
        "triage_decisions", "Decisions by verdict and label", ["verdict", "label"], registry=registry
    )
    for (verdict, label), number in (await figures.decided(conn)).items():
        gauge.labels(verdict, label).set(number)
    gauge = Gauge("triage_runs", "Runs by state", ["state"], registry=registry)
    for run_state, number in (await figures.run(conn)).items():
        gauge.labels(run_state.value).set(number)


async def _wait(conn: AsyncConnection, services: Services, registry: CollectorRegistry) -> None:
    oldest = await figures.oldest_waiting(conn)
    waited = (services.clock() - oldest).total_seconds() if oldest else 0.0
    for name, meaning, number in (
        ("triage_reviews_waiting", "Reviews that wait for people", await reviews.count_waiting(conn)),
        ("triage_oldest_review_seconds", "Age of the review that waits longest", waited),
        ("triage_queue_depth", "Jobs that are due and not begun", await workers.depth(conn)),
        (
            "triage_workers",
            "Workers that gave a sign of life",
            await workers.alive(conn, services.settings.limits.stalled),
        ),
        ("triage_halts", "Kill switches that are on", len(await active(conn))),
    ):
        Gauge(name, meaning, registry=registry).set(number)


async def _time(conn: AsyncConnection, services: Services, registry: CollectorRegistry) -> None:
    """Spread the seconds of the last hour's decisions, stage by stage."""
    seconds = Histogram(
        "triage_stage_seconds",
        "Seconds of each stage of the decisions of the last hour",
        ["stage"],
        buckets=_BUCKETS,
        registry=registry,
    )
    for stages in await decisions.stage_seconds(conn, services.clock() - _WINDOW):
        for stage, taken in stages.items():
            seconds.labels(stage).observe(taken)


async def _warn(conn: AsyncConnection, services: Services, registry: CollectorRegistry) -> None:
    """Tell what is wrong with the service itself, and how long its credentials last."""
    Gauge("triage_alarms", "Alarms that stand", registry=registry).set(len(await alarms.standing(conn)))
    gauge = Gauge(
        "triage_credential_days",
        "Days until a credential of our registration ends",
        ["name", "kind", "in_use"],
        registry=registry,
    )
    for one in await credentials.seen(conn):
        left = (one.ends_at - services.clock()).total_seconds() / _DAY_SECONDS
        gauge.labels(one.name, one.kind.value, str(one.in_use).lower()).set(left)
