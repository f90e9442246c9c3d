"""Opens an export, plain or gzipped, and yields its lines as text, whatever its encoding and line ends."""

import gzip
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from training.errors import BadExport

EXPORT_HINT: Final = "Export from the ServiceNow list as CSV with a header row, or as JSON lines."
"""What to do about a file that is no export."""

_SAMPLE_LINES: Final = 2000


def export_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file with their ends (LF, CR LF or CR), streamed, without a byte order mark.

    Bytes that are no UTF-8 in a UTF-8 file come as lone surrogates, so that their row can be reported.

    Raises:
        BadExport: The file is empty, a broken gzip file, or no text.
        OSError: The file cannot be read.
    """
    with _open(path) as data:
        encoding = _encoding(data, path)
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    with _open(path) as data, TextIOWrapper(data, encoding, errors=errors, newline="") as lines:
        first = next(lines, "").lstrip("\ufeff")
        if not first.strip():
            raise BadExport(f"{path} is empty.", hint=EXPORT_HINT)
        if "\0" in first:
            raise BadExport(f"{path} is no text file but a workbook or an archive.", hint=EXPORT_HINT)
        yield first
        yield from lines


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as probe:
        zipped = probe.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if zipped else path.open("rb")  # type: ignore[return-value]


def _encoding(data: BinaryIO, path: Path) -> str:
    """Decide by BOM, else UTF-8 if nearly all lines with foreign letters are, else Windows-1252."""
    try:
        sample = list(islice(data, _SAMPLE_LINES))
    except (OSError, EOFError) as error:
        raise BadExport(f"{path} is a broken gzip file: {error}", hint=EXPORT_HINT) from error
    head = sample[0] if sample else b""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head[1:2] == b"\0":
        return "utf-16-le"
    foreign = [line for line in sample if not line.isascii()]
    fitting = sum(_is_utf8(line) for line in foreign)
    return "utf-8" if fitting * 10 >= len(foreign) * 9 or head.startswith(b"\xef\xbb\xbf") else "cp1252"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
