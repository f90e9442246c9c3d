"""What the durable steps work with; `triage.app` builds it, and nothing else does."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from procrastinate import App
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.clients.servicenow import ServiceNowClient
from actions.clients.verified_id import VerifiedIdClient
from actions.contract import World
from triage.clock import Clock
from triage.secrets.sealer import Sealer
from triage.settings import Settings
from triage.workflow.steps import Tools


@dataclass(frozen=True)
class Services:
    """The parts of the running service.

    Attributes:
        engine: the database.
        queue: the job engine on the same database.
        tools: what deciding needs; its world cannot write.
        acting: makes the world that can write on behalf of one run; only the runner asks for it.
        servicenow: the ITSM, or `None` when tickets come by the API alone.
        verified_id: asks people for their credential; used where the settings name our identifier.
        sealer: encrypts one-time secrets.
        new_id: makes ids.
    """

    settings: Settings
    clock: Clock
    engine: AsyncEngine
    queue: App
    tools: Tools
    acting: Callable[[uuid.UUID], World]
    sealer: Sealer
    servicenow: ServiceNowClient | None = None
    verified_id: VerifiedIdClient | None = None
    new_id: Callable[[], uuid.UUID] = field(default=uuid.uuid4)
