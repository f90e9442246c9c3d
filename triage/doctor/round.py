"""The whole round: every check there is, in the order in which people mend."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from triage.clock import Clock, system_clock
from triage.doctor import azure, configuration, consent, instance, judgement, reach, storage, tokens
from triage.doctor.examine import PATIENCE, Check, examine
from triage.doctor.finding import Finding
from triage.doctor.ground import standing
from triage.settings import Settings

CHECKS: Final[tuple[Check, ...]] = (
    *configuration.CHECKS,
    *storage.CHECKS,
    *judgement.CHECKS,
    *reach.CHECKS,
    *tokens.CHECKS,
    *consent.CHECKS,
    *azure.CHECKS,
    *instance.CHECKS,
)
"""All checks; what one needs stands before it."""


async def look_at_everything(
    settings: Settings, *, clock: Clock = system_clock, patience: timedelta = PATIENCE
) -> tuple[Finding, ...]:
    """Return a finding for every check; nothing is changed anywhere, inside or outside."""
    async with standing(settings, clock) as ground:
        return await examine(CHECKS, ground, patience=patience)
