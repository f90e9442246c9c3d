"""Ends a long command tidily when it is told to stop."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_STOPPED = 128 + signal.SIGTERM
"""What a shell expects of a command that SIGTERM has ended."""


@contextmanager
def tidily() -> Iterator[None]:
    """Let SIGTERM end the block like Ctrl-C does: half-written files go, processes of ours end with it.

    Only for the main thread of a command.
    """
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise SystemExit(_STOPPED)
