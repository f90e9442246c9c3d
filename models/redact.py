"""Replaces what names a person, a thing or a moment by a word for its kind, so that models learn no names."""

import re
from typing import Final

from models.names import mask_names

# Order matters: an address before its parts, a path before the names in it.
_KINDS: Final[tuple[tuple[str, str], ...]] = (
    ("xmail", r"(?<![\w.+'-])[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"),
    ("xurl", r"(?:https?|hxxps?|ftp)://\S+|www\.\S+"),
    ("xshare", r"\\\\[\w.$-]+(?:\\[\w.$&-]+)*"),
    ("xguid", r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"),
    ("xticket", r"\b(?:INC|RITM|REQ|SCTASK|TASK|CHG|PRB|CS)\d{4,}\b"),
    ("xdate", r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\s?\d{1,2}[./]\s?(?:\d{2,4}\b)?"),
    ("xtime", r"\b\d{1,2}[:h]\d{2}\b"),
    ("xphone", r"(?<!\w)\+\d[\d ()/-]{6,20}\d|\b0\d{2,4}[ /-]\d[\d -]{4,14}\d"),
    ("xhost", r"(?<![\w-])(?=[A-Z0-9-]{0,30}[A-Z])[A-Z0-9]{2,15}(?:-[A-Z0-9]{2,15}){1,3}(?<=\d)\b"),
    ("xnum", r"\b\d{5,}\b"),
)
_ANY = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS))
_WORTH = re.compile(r"[\d@\\]|://|www\.")


def redact(text: str) -> str:
    """Return `text` with names, addresses, numbers, dates, hosts and paths as words such as `xname`."""
    if _WORTH.search(text):
        text = _ANY.sub(lambda found: f" {found.lastgroup} ", text)
    return mask_names(text)
