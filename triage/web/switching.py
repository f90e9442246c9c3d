"""The kill switch as API and page turn it: the table, or the file when the database is down."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from actions.vocabulary import Frozen
from triage.halt import FILE, Halt, StoredHalt, active, lift_halt, on_file, set_halt, write_file
from triage.workflow import upkeep
from triage.workflow.services import Services


class Standing(Frozen):
    """What is halted now: on every machine by the table, on this one by the file.

    `known` is false when the database does not answer; then everything counts as halted.
    """

    known: bool = True
    everywhere: tuple[StoredHalt, ...] = ()
    here: tuple[Halt, ...] = ()

    @property
    def on(self) -> bool:
        """Whether anything is halted."""
        return not self.known or bool(self.everywhere or self.here)


async def standing(services: Services) -> Standing:
    """Return what is halted now."""
    here = tuple(on_file(services.settings.data_dir / FILE))
    try:
        async with services.engine.connect() as conn:
            return Standing(everywhere=await active(conn), here=here)
    except (SQLAlchemyError, OSError):
        return Standing(known=False, here=here)


async def stop(services: Services, halt: Halt, *, reason: str, actor: str) -> Standing:
    """Halt before the next effect; with the database down, on this machine alone, by the file."""
    try:
        async with services.engine.begin() as conn:
            await set_halt(conn, halt, reason=reason, actor=actor, now=services.clock())
    except (SQLAlchemyError, OSError):
        before = on_file(services.settings.data_dir / FILE)
        write_file(services.settings.data_dir, dict.fromkeys((*before, halt)))
    return await standing(services)


async def go_on(services: Services, halt: Halt, *, actor: str) -> Standing:
    """Lift one halt, from the table and from this machine's file; held runs go on at once."""
    path = services.settings.data_dir / FILE
    written = tuple(on_file(path))
    async with services.engine.begin() as conn:
        await lift_halt(conn, halt, actor=actor, now=services.clock())
    if halt in written:
        write_file(services.settings.data_dir, [one for one in written if one != halt])
    await upkeep.wake_held(services)
    return await standing(services)
