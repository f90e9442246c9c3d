"""The demo's own folder: one demo at a time, and nothing left of an earlier one."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from triage.errors import NotConfigured
from triage.store.embedded import stop_embedded

_PATIENCE_SECONDS = 15


@contextmanager
def house(folder: Path) -> Iterator[bool]:
    """Hold `folder` for this demo, emptied; the value tells whether an unfinished demo was tidied up first.

    Raises:
        NotConfigured: another demo is running there.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotConfigured(
                "another demo is running in this folder",
                hint="End it with Ctrl-C, or set TRIAGE_DATA_DIR to another folder for this one.",
                subject=str(folder),
            ) from None
        unfinished = _end_left_over(folder / "service.json")
        stop_embedded(folder)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        yield unfinished


def note_process(folder: Path, pid: int) -> None:
    """Remember a process that we started, so that the next demo can end it if we are killed."""
    started = psutil.Process(pid).create_time()
    (folder / "service.json").write_text(json.dumps({"pid": pid, "started": started}), "utf-8")


def forget_process(folder: Path) -> None:
    """Say that nothing of ours is running any more."""
    (folder / "service.json").unlink(missing_ok=True)


def _end_left_over(note: Path) -> bool:
    """End the service an earlier demo left running; a process number used again by others is left alone."""
    try:
        kept = json.loads(note.read_text("utf-8"))
        process = psutil.Process(int(kept["pid"]))
        if abs(process.create_time() - float(kept["started"])) > 1 or process.uids().real != os.getuid():
            return True
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, psutil.NoSuchProcess):
        return True
    with suppress(psutil.NoSuchProcess):
        process.terminate()
        try:
            process.wait(_PATIENCE_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
    return True
