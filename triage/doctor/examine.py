"""Runs checks side by side: none can hide another, and what rests on a broken part is skipped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from actions.errors import OutsideError
from models.errors import ModelError
from triage.doctor.finding import Finding, State, fail, skipped
from triage.doctor.ground import Ground
from triage.errors import TriageError

PATIENCE = timedelta(seconds=20)
"""How long one check may take."""

Look = Callable[[Ground], Awaitable[Finding]]


@dataclass(frozen=True)
class Check:
    """A thing to look at.

    Attributes:
        name: `subject` or `subject.part`, unique.
        look: looks and says what it saw; an error it lets through is a failure.
        needs: checks listed before it without whose success there is nothing to see.
    """

    name: str
    look: Look
    needs: tuple[str, ...] = ()


async def examine(
    checks: Sequence[Check], ground: Ground, *, patience: timedelta = PATIENCE
) -> tuple[Finding, ...]:
    """Return a finding for each check, in their order; all that do not wait for another run at once."""
    tasks: dict[str, asyncio.Task[Finding]] = {}
    async with asyncio.TaskGroup() as group:
        for check in checks:
            before = [tasks[name] for name in check.needs]
            tasks[check.name] = group.create_task(_after(before, check, ground, patience))
    return tuple(task.result() for task in tasks.values())


async def _after(
    before: Sequence[asyncio.Task[Finding]], check: Check, ground: Ground, patience: timedelta
) -> Finding:
    for first in before:
        found = await first
        if found.state in {State.FAIL, State.SKIPPED}:
            why = skipped(f"Not looked at, since {found.name} comes first.", f"Mend {found.name}.")
            return why.model_copy(update={"name": check.name})
    found = await _looked(check, ground, patience)
    return found.model_copy(update={"name": check.name})


async def _looked(check: Check, ground: Ground, patience: timedelta) -> Finding:
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return await check.look(ground)
    except TimeoutError:
        seconds = patience.total_seconds()
        return fail(f"No answer within {seconds:g} seconds.", "Check the network path, and look again.")
    except (OutsideError, TriageError, ModelError) as error:
        return fail(str(error), error.hint)
    except OSError as error:
        return fail(
            f"{error.filename or 'A file'}: {error.strerror}.", "Check that it is there and ours to read."
        )
    except Exception as error:  # noqa: BLE001 - a bug in one check must not hide what the others saw
        # Only its kind: the text of an unexpected error may hold anything.
        return fail(f"The check itself broke: {type(error).__name__}.", "Report it: this is a bug of ours.")
