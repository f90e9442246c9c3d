"""Finds people's names in text by lists of given and family names, so that models learn none.

The lists come from Faker's person providers (MIT licence), with African and Asian names added by hand; names
that are ordinary words too are kept apart and count only beside another name.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Final

PERSON: Final = "xname"

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_TITLES: Final = frozenset(
    "mr mrs ms miss dr prof herr herrn frau mme madame monsieur mlle dhr mevr mevrouw meneer sr sra señor"
    " señora pan pani pana panu dona senhor senhora sig signor signora".split()
)
_BETWEEN = re.compile(
    r"[ \t]|-|\.[ \t]|[ \t](?:de|da|van|von|der|den|del|di|la|le|al|el|bin|dos|van de[rn])[ -]"
)
_LOWER_FAMILY_LENGTH: Final = 5  # "anna schmidt" is a name, "jan will" is not


def mask_names(text: str) -> str:
    """Return `text` with people's names replaced by `xname`."""
    anchors = _anchors()
    if anchors.isdisjoint(_TOKEN.findall(text.lower())):
        return text
    tokens = list(_TOKEN.finditer(text))
    pieces: list[str] = []
    position = 0
    for at, token in enumerate(tokens):
        if token.start() < position or token.group().lower() not in anchors:
            continue
        if length := _name_length(text, tokens, at):
            pieces += [text[position : token.start()], PERSON]
            position = tokens[at + length - 1].end()
    return "".join([*pieces, text[position:]])


def _name_length(text: str, tokens: list[re.Match[str]], at: int) -> int:
    """Return how many tokens from `at` on are one name; 0 if none starts there."""
    word = tokens[at].group()
    lower, capital = word.lower(), word[0].isupper()
    given = lower in _names("given")
    length = 1
    while _continues(text, tokens, at + length, capital=capital):
        length += 1
    if length > 1 and (given or lower in _names("given_or_word") or (capital and lower in _TITLES)):
        return length
    if capital and (given or lower in _names("family")):
        return length
    after = _next_word(text, tokens, at)
    return 2 if lower in _TITLES and after[:1].isupper() else 0


def _continues(text: str, tokens: list[re.Match[str]], at: int, *, capital: bool) -> bool:
    """Say whether the token at `at` is a family name that goes on with the token before it."""
    word = _next_word(text, tokens, at - 1)
    lower = word.lower()
    if not word:
        return False
    if not capital:
        return lower in _names("family") or (
            lower in _names("family_or_word") and len(lower) >= _LOWER_FAMILY_LENGTH
        )
    known = lower in _names("family") or lower in _names("family_or_word") or lower in _names("given")
    return word[0].isupper() and known


def _next_word(text: str, tokens: list[re.Match[str]], at: int) -> str:
    """Return the word after `at`, if only what stands inside names is between; else an empty string."""
    if at + 1 >= len(tokens):
        return ""
    between = text[tokens[at].end() : tokens[at + 1].start()]
    return tokens[at + 1].group() if _BETWEEN.fullmatch(between) else ""


@cache
def _anchors() -> frozenset[str]:
    return _names("given") | _names("given_or_word") | _names("family") | _TITLES


@cache
def _names(kind: str) -> frozenset[str]:
    text = files("models").joinpath(f"data/names_{kind}.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
