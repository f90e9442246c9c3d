"""Finds dates, absolute and relative, in eight languages, and tells whether one is a start or an end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

import dateparser

from triage.domain.request import Source
from triage.resolve.finding import NOTHING, Finding, plain_value
from triage.resolve.lexicon import listed, read
from triage.resolve.reading import Reading
from triage.resolve.spelling import keys

_ISO: Final = re.compile(r"(?<![\d/-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_NUMERIC: Final = re.compile(
    r"(?<![\d./-])(\d{1,2})([./-])\s?(\d{1,2})(?:\2\s?(\d{4}|\d{2}))?\.?(?![\d/-])(?!\.\d)"
)
_RANGE: Final = re.compile(
    r"\s*(?:-|–|—|/|to|until|till|through|bis(?: zum)?|au|jusqu'au|tot(?: en met)?|t/m|hasta(?: el)?|al|do"
    r"|até(?: ao| a)?|ao|a|and|und|et|en|y|i|e|→|->)\s*",
    re.IGNORECASE,
)
_LANGUAGES: Final = ("en", "de", "fr", "nl", "es", "pl", "pt", "it")
_CUE_GAP: Final = 2


@dataclass(frozen=True)
class Day:
    """A date in the text: where it stands (character offsets) and what the words before say it is.

    `exact` tells a date from a weekday or a word like "tomorrow".
    """

    day: date
    start: int
    end: int
    cues: frozenset[str]
    exact: bool


def find_date(name: str, reading: Reading, *, lone: bool) -> Finding:
    """Return the date that is the parameter `name` (`start`, `end` or `last_day`).

    A date needs a word that says what it is ("from", "bis", "last day"), a partner in a range, or, with
    `lone`, to be the only one.
    """
    days = _exact_first(find_days(reading), frozenset({name} - {"last_day"}))
    marked = [day for day in days if name in day.cues]
    if not marked and lone and days:
        others = {"start"} if name != "start" else {"end"}
        marked = [day for day in days if not (day.cues & others)] or (
            list(days) if name == "last_day" else []
        )
    values = dict.fromkeys(day.day.isoformat() for day in marked)
    if len(values) == 1:
        return plain_value(next(iter(values)), Source.TEXT, reading.quote(marked[0].start, marked[0].end))
    if len(values) > 1:
        return Finding(candidates=tuple(values))
    if name == "last_day" and next(listed("dates", "immediately").among(reading.words), None):
        first, last = next(listed("dates", "immediately").among(reading.words))
        words = reading.quote(reading.words[first].start, reading.words[last - 1].end)
        return plain_value(reading.opened_at.date().isoformat(), Source.TEXT, words)
    return NOTHING


def _exact_first(days: Sequence[Day], cues: frozenset[str]) -> Sequence[Day]:
    """Leave out weekdays and "tomorrow" where a date is written out, unless they have one of the `cues`."""
    exact = [day for day in days if day.exact]
    return [day for day in days if day.exact or day.cues & cues] if exact else days


def find_days(reading: Reading) -> tuple[Day, ...]:
    """Return every date of the text in order, with its cues; the two of a range get one each."""
    found = sorted(_found(reading), key=lambda one: (one[1], -one[2]))
    days: list[Day] = []
    for day, start, end in found:
        if not days or start >= days[-1].end:
            exact = any(sign.isdigit() for sign in reading.text[start:end])
            cues = frozenset(_cues(start, reading))
            if cues or keys(reading.text[start:end]) not in listed("dates", "today").exact:
                days.append(Day(day, start, end, cues, exact))
    return tuple(_ranged(days, reading))


def _ranged(days: Sequence[Day], reading: Reading) -> Iterator[Day]:
    """Yield the days, those of a range marked as start and end."""
    for at, day in enumerate(days):
        before, behind = days[at - 1] if at else None, days[at + 1] if at + 1 < len(days) else None
        opens = behind is not None and _RANGE.fullmatch(reading.text[day.end : behind.start])
        closes = before is not None and _RANGE.fullmatch(reading.text[before.end : day.start])
        cues = {"start"} if opens else {"end"} if closes else set(day.cues)
        yield replace(day, cues=frozenset(cues))


def _cues(start: int, reading: Reading) -> Iterator[str]:
    before = [index for index, word in enumerate(reading.words) if word.end <= start]
    end = before[-1] + 1 if before else 0
    lengths = {
        name: max(listed("dates", name).ends_at(reading.words, max(0, end - gap)) for gap in range(_CUE_GAP))
        for name in ("start", "end", "last_day")
        if end and "\n" not in reading.text[reading.words[end - 1].end : start]
    }
    for name, length in lengths.items():
        if length and (name == "last_day" or length == max(lengths["start"], lengths["end"])):
            yield name


def _found(reading: Reading) -> Iterator[tuple[date, int, int]]:
    text, base = reading.text, reading.opened_at
    for match in _ISO.finditer(text):
        day = _day(int(match[1]), int(match[2]), int(match[3]))
        if day:
            yield day, match.start(), match.end()
    for match in _NUMERIC.finditer(text):
        day = _numeric(match, base.date())
        if day:
            yield day, match.start(), match.end()
    for pattern in (_worded(), _weekday()):
        for match in pattern.finditer(text):
            day = _parsed(match.group(), reading.language, base)
            if day:
                yield day, match.start(), match.end()


def _numeric(match: re.Match[str], today: date) -> date | None:
    """Read day and month in Europe's order unless only the other is a date; without a year the next one."""
    first, second = int(match[1]), int(match[3])
    if match[4] is None and match[2] == "-":
        return None
    years = [int(match[4])] if match[4] else [today.year, today.year + 1]
    for day, month in ((first, second), (second, first)):
        for year in years:
            found = _day(year + 2000 if year < 100 else year, month, day)
            if found and (match[4] or found >= today - timedelta(days=31)):
                return found
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _parsed(words: str, language: str, base: datetime) -> date | None:
    """Ask the library, in the language of the ticket first; a date without a year is to come."""
    settings = {
        "RELATIVE_BASE": base.replace(tzinfo=None),
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": "DMY",
        "NORMALIZE": True,
    }
    order = (language, *(one for one in _LANGUAGES if one != language))
    for one in order:
        found = dateparser.parse(_bare(words), languages=[one], settings=settings)
        if found is not None:
            return found.date()
    return None


def _bare(words: str) -> str:
    """Take off what the library stumbles over: ordinals and words of address before a weekday."""
    bare = re.sub(r"(?<=\d)(?:st|nd|rd|th|er|\.º|º)\b", "", words.replace("\n", " "))
    inflected = read("dates")["inflected"]
    return " ".join(str(inflected.get(word.lower(), word)) for word in bare.split())


@cache
def _worded() -> re.Pattern[str]:
    months = "|".join(sorted((str(one) for one in read("dates")["months"]), key=len, reverse=True))
    day = r"(?<!\d)\d{1,2}(?:st|nd|rd|th|er|\.|º)?"
    year = r"(?:,?\s(?:de\s)?(?:20\d{2}))?"
    return re.compile(
        rf"{day}\s?(?:of\s|de\s)?(?:{months})\b\.?{year}|\b(?:{months})\s\d{{1,2}}(?:st|nd|rd|th)?(?!\d|:){year}",
        re.IGNORECASE,
    )


@cache
def _weekday() -> re.Pattern[str]:
    named = (str(one) for name in ("weekdays", "inflected") for one in read("dates")[name])
    days = "|".join(sorted(named, key=len, reverse=True))
    nexts = "|".join(str(one) for one in read("dates")["next"])
    near = (str(one) for name in ("relative", "today") for one in read("dates")[name])
    relative = "|".join(sorted(near, key=len, reverse=True))
    return re.compile(rf"\b(?:(?:{nexts})\s)?(?:{days})\b|\b(?:{relative})\b", re.IGNORECASE)
