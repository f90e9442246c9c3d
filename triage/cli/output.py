"""Files that commands write: whole or not at all, and never in the place of what is being read."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from triage.errors import BadInput


@contextmanager
def whole_file(out: Path, *sources: Path) -> Iterator[TextIO]:
    """Open `out` for writing; it takes its name only when the block has ended well.

    Raises:
        BadInput: `out` is one of the `sources` that are read meanwhile.
        OSError: the file cannot be written.
    """
    if out.exists() and any(out.samefile(source) for source in sources if source.exists()):
        raise BadInput(
            "the output is the file that is read", hint="Give --out another name.", subject=str(out)
        )
    if not out.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(out.parent))
    handle, beside = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as lines:
            yield lines
        Path(beside).chmod(0o644)
        Path(beside).replace(out)
    finally:
        Path(beside).unlink(missing_ok=True)
