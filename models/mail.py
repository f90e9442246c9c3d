"""Separates the newest words of a mail from its history, signature and disclaimer, in eight languages."""

import re
from functools import cache
from typing import Final

from mailparser_reply.constants import MAIL_LANGUAGES

from models.concepts import notions
from models.mail_phrases import CLOSINGS, DISCLAIMERS, FOOTERS, HEADER_NAMES, SUBJECT_NAMES

_SETTLING: Final = frozenset({"done", "cancel", "keep", "nomore"})
_LANGUAGES: Final = ("en", "de", "fr", "nl", "pl", "es", "it")
_LINE_LIMIT: Final = 300  # a header line is short; longer lines would make the library's patterns slow
_FEW_WORDS: Final = 4  # "FYI", "see below please": the words are in the mail underneath
_FEW_FORWARDED: Final = 25  # "approved, see the last line": who forwards says little about what is asked

_HEADER = re.compile(rf"\s*\**(?:{HEADER_NAMES})\**\s?:(?:\s|$)", re.IGNORECASE)
_SENDER = re.compile(r"\s*\**(?:received )?from\s?:\s", re.IGNORECASE)
_SUBJECT = re.compile(rf"\s*\**(?:{SUBJECT_NAMES})\**\s?:(?:\s|$)", re.IGNORECASE)
_DIVIDER = re.compile(
    r"\s*(?:[-_*=]{3,}\s*(?:\w[\w .éçńś]{2,40}?)\s*[-_*=]{3,}|[_-]{10,}|begin forwarded message:?)\s*$",
    re.IGNORECASE,
)
_HINT = re.compile(r"^\s*>|[-_*=]{3}|:\s*$|^\s*\**\w[\w ]{1,14}\**\s?:", re.MULTILINE)
_CLOSING = re.compile(rf"\s*(?:{CLOSINGS})(?:[ ,.!/-]+[^\W\d]\S*(?: \S+){{0,3}}|[ ,.!]*)$", re.IGNORECASE)
_SIGNATURE_MARK = re.compile(r"\s*--\s*$")
_POSTSCRIPT = re.compile(r"\s*p\.?\s?s\b", re.IGNORECASE)
_SENT_FROM = re.compile(
    rf"^\s*(?:{FOOTERS})\b.{{0,80}}$|^\s*\[cid:[^\]]*\]\s*$", re.IGNORECASE | re.MULTILINE
)
_DISCLAIMER = re.compile(DISCLAIMERS, re.IGNORECASE)


def newest_words(text: str, *, forwarded: bool = False) -> str:
    """Return what the sender of the newest mail wrote, without what is quoted, signed or disclaimed below it.

    `text` is plain (see `models.normalise.plain`). Where the newest mail says next to nothing ("FYI", "see
    below"), or little and was `forwarded`, the mail underneath is kept, because then the request is there.
    If all would be cut, the text comes back as it was.
    """
    if "\n" not in text or not _HINT.search(text):
        return _without_footers(text)
    top, history = _split_history(_without_leading_headers(text.split("\n")))
    newest = _without_footers(_unquoted(top))
    if len(newest.split()) <= (_FEW_FORWARDED if forwarded and not _settles(newest) else _FEW_WORDS):
        quoted = [*(line for line in top if _is_quote(line)), *history]
        newest = f"{newest}\n{_without_footers(_quote_content(quoted))}".strip()
    return newest or text


def _settles(newest: str) -> bool:
    """Say whether the newest words take the request underneath back or report it done."""
    return not _SETTLING.isdisjoint(notions(newest))


def _without_leading_headers(lines: list[str]) -> list[str]:
    """Drop the block of From/To/Subject lines that a mail-in puts above the text."""
    index = 0
    while index < len(lines) and (not lines[index].strip() or _HEADER.match(lines[index])):
        index += 1
    heads = [line for line in lines[:index] if line.strip()]
    is_mail = any(_SENDER.match(line) or _SUBJECT.match(line) for line in heads)
    return lines[index:] if is_mail and index < len(lines) else lines


def _split_history(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines above and below the first sign of an older mail."""
    for index in range(1, len(lines)):
        if _is_divider(lines, index) or _is_header_block(lines, index) or _is_attribution(lines[index]):
            return lines[:index], lines[index:]
    return lines, []


def _is_header_block(lines: list[str], start: int) -> bool:
    """Tell the head of an older mail from a form with `From` and `To`: a mail has a subject or a time too."""
    if _HEADER.match(lines[start - 1]):
        return False
    end = start
    while end < len(lines) and _HEADER.match(lines[end]):
        end += 1
    return end - start >= 2 and any(_SUBJECT.match(line) for line in lines[start:end])


def _is_divider(lines: list[str], index: int) -> bool:
    """Tell a divider above mail headers or quoted words from a decoration inside the text."""
    if not _DIVIDER.match(lines[index][:_LINE_LIMIT]):
        return False
    following = next((line for line in lines[index + 1 :] if line.strip()), "")
    return bool(_HEADER.match(following) or following.lstrip().startswith(">"))


def _is_attribution(line: str) -> bool:
    """Say whether the line is "On Monday Anna wrote:" in one of the languages of mail-parser-reply."""
    return line.rstrip().endswith(":") and bool(_attribution().match(line[:_LINE_LIMIT].strip()))


@cache
def _attribution() -> re.Pattern[str]:
    """Join the library's patterns; those of header blocks and signatures are left out: they cut forms."""
    patterns = [MAIL_LANGUAGES[language]["wrote_header"] for language in _LANGUAGES]
    verbs = r"escreveu|escribió|napisał\S{0,4}|pisze|schreef.{0,60}"
    missed = rf"^(?:>\s*)*(?:Em|El|Dnia|W dniu|Op)\s.{{3,200}}\s(?:{verbs})\s?:$"
    return re.compile("|".join([*patterns, missed]), re.IGNORECASE)


def _is_quote(line: str) -> bool:
    return line.lstrip().startswith(">")


def _unquoted(lines: list[str]) -> str:
    """Drop quoted lines, except what the sender quotes as the request itself ("still open is this:")."""
    kept: list[str] = []
    introduced = False
    for line in lines:
        if not _is_quote(line):
            introduced = line.rstrip().endswith(":") if line.strip() else introduced
            kept.append(line)
        elif introduced:
            kept.append(line.lstrip("> "))
    return "\n".join(kept).strip()


def _quote_content(lines: list[str]) -> str:
    """Return the words of the quoted mail: markers, headers and dividers taken off."""
    return "\n".join(words for line in lines if not _is_furniture(words := line.lstrip("> ")))


def _is_furniture(line: str) -> bool:
    return bool(_HEADER.match(line) or _DIVIDER.match(line[:_LINE_LIMIT]) or _is_attribution(line))


def _without_footers(text: str) -> str:
    """Cut the signature below a closing formula, phone footers and disclaimer paragraphs."""
    if "\n" in text:
        lines = text.split("\n")
        cut = next((i for i, line in enumerate(lines) if i and _ends_mail(line)), len(lines))
        after = next((i for i in range(cut, len(lines)) if _POSTSCRIPT.match(lines[i])), len(lines))
        text = "\n".join(lines[:cut] + lines[after:])
    text = _SENT_FROM.sub("", text)
    if _DISCLAIMER.search(text):
        text = "\n".join(line for line in text.split("\n") if not _DISCLAIMER.search(line))
    return text.strip()


def _ends_mail(line: str) -> bool:
    return bool(_SIGNATURE_MARK.match(line) or (len(line) < 80 and _CLOSING.match(line)))
