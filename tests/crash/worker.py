"""A worker as a process of its own, for tests that kill it; settings come from the environment."""

from __future__ import annotations

import asyncio
import sys

from tests.house import LABELS, obey
from triage.app import build
from triage.settings import load_settings
from triage.workflow.jobs import work

READY = "ready"


async def main() -> None:
    """Build the service, say so, and do jobs until killed."""
    async with build(load_settings()) as services:
        sys.stdout.write(f"{READY}\n")
        sys.stdout.flush()
        await work(obey(services, LABELS))


if __name__ == "__main__":
    asyncio.run(main())
