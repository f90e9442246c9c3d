"""A hint that a record changed: the record itself is read, and nothing that the hint says is believed."""

from __future__ import annotations

import logging

from actions.errors import OutsideError
from triage.intake.accept import accept
from triage.intake.servicenow import is_open, read_ticket
from triage.workflow.services import Services

_log = logging.getLogger(__name__)


async def hear(services: Services, table: str, sys_id: str) -> None:
    """Read a record and take it in, if it is open; one that cannot be read now is found by polling."""
    if services.servicenow is None:
        return
    try:
        ticket = await read_ticket(services.servicenow, table, sys_id)
    except OutsideError as error:
        _log.warning("a record that changed cannot be read now, polling will find it: %s", error)
        return
    if not is_open(table, {"state": ticket.state}):
        return
    async with services.engine.begin() as conn:
        await accept(
            conn,
            services.queue,
            ticket,
            ticket_id=services.new_id(),
            now=services.clock(),
            actor="service",
        )
