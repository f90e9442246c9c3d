"""GET /models: the versions there are, and which serves."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from models.registry import Registry
from triage.web.front import Served, Viewer

router = APIRouter(prefix="/models", tags=["models"])


class Version(BaseModel):
    """A version, whether it serves now, when it was last promoted, and the metrics it was trained with."""

    version: str
    serving: bool
    promoted_at: datetime | None = None
    metrics: dict[str, object] = {}


class Versions(BaseModel):
    """All versions, oldest first, and the labels there are playbooks for."""

    items: list[Version]
    labels: list[str]


@router.get("")
async def versions(services: Served, caller: Viewer) -> Versions:
    """List the versions of the model and the labels that can be corrected to. Needs the app role viewer."""
    del caller
    registry = Registry(services.settings.data_dir)
    serving = registry.current_version()
    promoted = {one.version: one.at for one in registry.history()}
    items = [
        Version(
            version=name,
            serving=name == serving,
            promoted_at=promoted.get(name),
            metrics=registry.metrics(name),
        )
        for name in registry.versions()
    ]
    return Versions(items=items, labels=sorted({*services.tools.playbooks, "other"}))
