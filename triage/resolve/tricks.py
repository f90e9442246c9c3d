"""Tells tricks of writing: hidden signs, mixed alphabets, words for machines, domains that look like ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import OSA

from models.normalise import plain

_HIDDEN: Final = re.compile(
    # Between letters: zero-width space and joiners, word joiner; anywhere: bidirectional overrides and tags.
    "(?<=\\w)[\u200b\u200c\u200d\u2060-\u2064\ufeff](?=\\w)|[\u202a-\u202e\u2066-\u2069\U000e0001-\U000e007f]"
)
_MACHINE_TALK: Final = re.compile(
    # Orders in a comment of HTML; tags around tickets, verdicts or prompts; fields of a decision as JSON.
    r"<!--[^>]*\b(?:assistant|system|agent|bot|ai|llm|treat|approve|ignore|instruction)\b"
    r"|</?(?:ticket|decision|verdict|system|assistant|instructions?|prompt|tool(?:_call)?)\b[^>]*>|<\|"
    r"|\[/?INST\]|[\"'](?:verdict|confidence|tier|approved|action)[\"']\s*:"
    r"|#{2,}\s*end of (?:ticket|message|input)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_DOMAIN: Final = re.compile(r"(?<=@)[\w-]+(?:\.[\w-]+)+|(?<=://)[\w-]+(?:\.[\w-]+)+")
_ALIKE: Final = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s", "i": "l", "|": "l"})
_SHORTEST: Final = 5
"""Names of domains shorter than this are too often alike by chance."""


def hidden_characters(raw: str) -> bool:
    """Say whether a text hides characters in its words or turns its direction (joiners of emoji are fine)."""
    return not raw.isascii() and bool(_HIDDEN.search(raw))


def machine_talk(raw: str) -> bool:
    """Say whether a text speaks to a machine: an order in a comment, tags, fields of a decision."""
    return bool(_MACHINE_TALK.search(raw))


def lookalike(raw: str, domains: Sequence[str]) -> bool:
    """Say whether a word mixes alphabets, or an address or link is of a domain that only looks like ours."""
    if not raw.isascii() and any(_mixed(word) for word in _WORD.findall(raw)):
        return True
    return any(imitates(domain, domains) for domain in _DOMAIN.findall(plain(raw)))


def imitates(domain: str, own: Sequence[str]) -> bool:
    """Say whether a domain passes itself off as ours: one letter off, look-alike signs, our name in it."""
    seen = domain.lower().strip(".")
    if any(seen == one or seen.endswith((f".{one}", ".onmicrosoft.com")) for one in own):
        return False
    name = _name(seen)
    return any(_passes_for(name, seen, one) for one in own)


def _passes_for(name: str, seen: str, own: str) -> bool:
    mine = _name(own)
    if len(mine) < _SHORTEST:
        return False
    if name == mine or name.translate(_ALIKE).replace("rn", "m") == mine.translate(_ALIKE).replace("rn", "m"):
        return True
    return OSA.distance(name, mine, score_cutoff=1) <= 1 or mine in name or f"{own}." in seen


def _name(domain: str) -> str:
    """Return the part of a domain that is its owner's name."""
    labels = domain.split(".")
    return labels[-2] if len(labels) > 1 else labels[0]


def _mixed(word: str) -> bool:
    """Say whether a word has letters of Latin and of Cyrillic or Greek: no language spells like that."""
    if word.isascii():
        return False
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in word}
    return "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK"})
