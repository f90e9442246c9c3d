"""A ticket as the resolver reads it: newest words, form fields, lines, language, and who asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final

from models.normalise import plain
from models.text import newest
from triage.domain.ticket import Ticket
from triage.resolve.directory import Directory, Person
from triage.resolve.language import language_of
from triage.resolve.spelling import Token, keys, tokens

_LINE: Final = re.compile(
    r"^[>\s\d.)(*•-]*([^\W\d_][^:=\n]{1,40}?)\s?(?:\*\*)?[:=]\s*(\S[^\n]*)$", re.MULTILINE
)

_HEAD: Final = re.compile(
    r"^[>\s*]*(?:(?P<sender>From|Von|De|Van|Od|Da)|(?P<recipient>To|An|À|Aan|Para|Do|A)"
    r"|(?P<subject>Subject|Betreff|Objet|Onderwerp|Asunto|Temat|Assunto|Oggetto))\s?:(?P<value>[^\n]{1,120})$",
    re.MULTILINE | re.IGNORECASE,
)


@dataclass(frozen=True)
class FormLine:
    """A line `key: value` of the words or the form: the key folded and as written, where the value is."""

    key: str
    name: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Reading:
    """What there is to read.

    Attributes:
        text: subject, newest words of the body, the caller's answers, the head of a mail that was passed on
            and the fields of the form that was filled in (`name: value`), one below the other.
        subject_end: where the subject ends in `text`.
        answer_start: where the caller's answers begin in `text`; `form_start` when there are none.
        form_start: where heads and fields begin in `text`; its length when there are none.
        words: the words of `text`.
        lines: the lines of the text that look like a form's, and the fields.
        fields: the fields of the form that was filled in.
        language: ISO 639-1 code of the newest words, one of the playbooks' languages.
        caller: who asks, by the ITSM's own record; `None` when nobody in the directory.
        opened_at: when the ticket was opened; relative dates count from it.
    """

    text: str
    subject_end: int
    answer_start: int
    form_start: int
    words: tuple[Token, ...]
    lines: tuple[FormLine, ...]
    fields: tuple[FormLine, ...]
    language: str
    caller: Person | None
    opened_at: datetime

    def quote(self, start: int, end: int) -> str:
        """Return the words between two offsets as written, on one line."""
        return " ".join(self.text[start:end].split())

    def field(self, sources: Iterable[str]) -> FormLine | None:
        """Return the first field filled in that a playbook's sources (`field:requested_for`) name."""
        filled = {field.key: field for field in reversed(self.fields)}
        names = (source.removeprefix("field:") for source in sources if source.startswith("field:"))
        return next((filled[key] for name in names if (key := " ".join(keys(name))) in filled), None)

    def only(self, field: FormLine) -> Reading:
        """Return a reading of nothing but the value of one field."""
        value = self.text[field.start : field.end]
        end = len(value)
        empty = replace(self, subject_end=0, answer_start=end, form_start=end, lines=(), fields=())
        return replace(empty, text=value, words=tokens(value))

    @cached_property
    def breaks(self) -> frozenset[int]:
        """Indices of words that begin a new sentence or line."""
        found = {0}
        for index in range(1, len(self.words)):
            between = self.text[self.words[index - 1].end : self.words[index].start]
            if re.search(r"[.!?;]\s|\n|[.!?]$", between):
                found.add(index)
        return frozenset(found)

    def sentence(self, index: int) -> range:
        """Return the words (indices) of the sentence or line that a word belongs to."""
        first = max(begin for begin in self.breaks if begin <= index)
        last = min((begin for begin in self.breaks if begin > index), default=len(self.words))
        return range(first, last)

    def between(self, left: int, right: int) -> str:
        """Return what stands between two neighbouring words (indices), or at the ends of the text."""
        start = self.words[left].end if left >= 0 else 0
        end = self.words[right].start if right < len(self.words) else len(self.text)
        return self.text[start:end]


def read_ticket(ticket: Ticket, directory: Directory) -> Reading:
    """Prepare a ticket for resolving; quoted history, signatures and disclaimers are left out."""
    subject = plain(ticket.short_description)
    body = newest(ticket.description, ticket.short_description)
    answers = [newest(comment.text) for comment in ticket.comments if comment.by_caller]
    main = f"{subject}\n{body}"
    said = "\n".join([main, *answers])
    spoken = "\n".join([said, *_heads(ticket.description, body)])
    text, fields = _with_fields(spoken, ticket.variables)
    return Reading(
        text=text,
        subject_end=len(subject),
        answer_start=len(main) if answers else len(said),
        form_start=len(said),
        words=tokens(text),
        lines=(*_lines(spoken), *fields),
        fields=fields,
        language=language_of(said),
        caller=find_caller(ticket.caller_id, directory),
        opened_at=ticket.opened_at,
    )


def find_caller(caller_id: str, directory: Directory) -> Person | None:
    """Return the one person the ITSM names: by address, employee id, account name or full name."""
    wanted = plain(caller_id).strip()
    if not wanted:
        return None
    person = directory.by_address.get(wanted.lower())
    if person is not None:
        return person
    name = keys(wanted)
    found = [
        one
        for one in directory.people
        if wanted.lower() in (one.employee_id.lower(), one.sam.lower()) or keys(one.display_name) == name
    ]
    return found[0] if len(found) == 1 else None


def _heads(description: str, body: str) -> Iterator[str]:
    """Yield who wrote the mail passed on, to whom and about what: the one in trouble is often there."""
    told: set[str] = set()
    for found in _HEAD.finditer(plain(description)):
        kind = next(name for name, hit in found.groupdict().items() if hit and name != "value")
        value = found["value"].strip()
        if kind not in told and value and found.group().strip() not in body:
            told.add(kind)
            yield f"quoted {kind}: {value}"


def _with_fields(text: str, variables: Mapping[str, str]) -> tuple[str, tuple[FormLine, ...]]:
    """Return the text with a line `name: value` for each field that is filled in, and those lines."""
    fields: list[FormLine] = []
    for name, value in variables.items():
        words = " ".join(plain(str(value)).split())
        if words:
            key = " ".join(keys(name)) or "field"
            start = len(text) + len(f"\n{key}: ")
            text = f"{text}\n{key}: {words}"
            fields.append(FormLine(key, name, start, len(text)))
    return text, tuple(fields)


def _lines(text: str) -> Iterator[FormLine]:
    for found in _LINE.finditer(text):
        yield FormLine(" ".join(keys(found[1])), found[1].strip(), found.start(2), found.end(2))
