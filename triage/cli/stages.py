"""Shows the stages of long work: bars on a terminal, a plain line each elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import TaskID

from training.work import Progress, Stage
from triage.cli.console import console, progress


@contextmanager
def stages() -> Iterator[Progress]:
    """Give the block a way to tell its stages; all goes to stderr, and bars leave nothing behind."""
    stream = console(stderr=True)
    with progress() as bar:
        tasks: dict[str, TaskID] = {}

        def show(stage: Stage) -> None:
            if stage.words not in tasks:
                for earlier in bar.tasks:
                    bar.update(earlier.id, total=earlier.total or 1, completed=earlier.total or 1)
                tasks[stage.words] = bar.add_task(stage.words, total=stage.total)
                if not stream.is_terminal:
                    stream.print(f"{stage.words} …")
            bar.update(tasks[stage.words], completed=stage.done)

        yield show
