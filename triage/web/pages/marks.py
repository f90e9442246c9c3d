"""The words that spoke for a label, marked in the text they were found in; the text stays text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from models.prediction import Word
from models.text import newest
from triage.domain.ticket import Ticket

_TOKEN = re.compile(r"[^\W_]+(?:[-'\u2019][^\W_]+)*")


@dataclass(frozen=True)
class Shown:
    """A ticket's words as they are shown: subject and newest mail marked, and what is folded below them.

    `history` is the whole text as it came, empty when the newest mail is all of it.
    """

    subject: Markup
    newest: Markup
    history: str


def shown(ticket: Ticket, words: Iterable[Word]) -> Shown:
    """Mark the words that spoke in the subject and in the newest mail."""
    weights = {word.word.lower(): word.weight for word in words}
    latest = newest(ticket.description, ticket.short_description)
    whole = ticket.description.strip()
    return Shown(
        subject=marked(ticket.short_description, weights),
        newest=Markup("\n").join(
            Markup("<p>{}</p>").format(marked(block, weights))
            for block in latest.split("\n\n")
            if block.strip()
        ),
        history=whole if _plain(whole) != _plain(latest) else "",
    )


def marked(text: str, weights: Mapping[str, float]) -> Markup:
    """Return the text, escaped, with each word that spoke marked and its weight beside it as a number."""
    parts: list[Markup] = []
    last = 0
    for token in _TOKEN.finditer(text):
        weight = weights.get(token.group().lower())
        if weight is None:
            continue
        parts += [_lines(text[last : token.start()]), _mark(token.group(), weight)]
        last = token.end()
    return Markup("").join([*parts, _lines(text[last:])])


def _mark(word: str, weight: float) -> Markup:
    side = "for" if weight > 0 else "against"
    strength = min(3, 1 + int(abs(weight)))
    return Markup('<mark class="{side} w{strength}">{word}<sup>{weight}</sup></mark>').format(
        side=side, strength=strength, word=word, weight=f"{weight:+.1f}"
    )


def _lines(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


def _plain(text: str) -> str:
    return " ".join(text.split())
