"""Turns hostile or decorated text (HTML, invisible characters, look-alike letters) into plain words."""

import re
import unicodedata
from typing import Final

from bs4 import BeautifulSoup

HTML_LIMIT: Final = 65_536
"""Characters of a text that are looked at; what follows is cut before anything is parsed."""

_TAG = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9]{0,11}(?:\s[^<>]{0,500})?/?|!--.{0,500}?--)>", re.DOTALL)
_CODE = re.compile(r"\[/?code\]", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,6}|[a-zA-Z]{2,8});")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ue000-\uf8ff\U000e0000-\U000e007f]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_SPACES = re.compile(r"[^\S\n]+")

# Letters of other scripts that are drawn like a Latin one (Unicode TR39 confusables, the everyday part).
_FOREIGN: Final = "аеорсухіјѕһԁԛԝвкмнтАВЕКМНОРСТУХІЈЅԚԜαονικρτυχεηΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_DRAWN_LIKE: Final = "aeopcyxijshdqwbkmhtABEKMHOPCTYXIJSQWaovikptuxenABEZHIKMNOPTYX"
_LOOKALIKES: Final = str.maketrans(_FOREIGN, _DRAWN_LIKE)
_ANY_FOREIGN = re.compile(f"[{_FOREIGN}]")


def plain(text: str) -> str:
    """Return `text` without markup, invisible characters and look-alike letters; line breaks are kept.

    A word in one script stays as it is: only a word that mixes Latin with Cyrillic or Greek letters is put
    into Latin, because no language spells like that and an attacker does.
    """
    text = text[:HTML_LIMIT].replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text and _TAG.search(text):
        text = _without_markup(text)
    elif "&" in text and _ENTITY.search(text):
        text = BeautifulSoup(text, "html.parser").get_text()
    if "[" in text:
        text = _CODE.sub(" ", text)
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        if _ANY_FOREIGN.search(text):
            text = _LETTERS.sub(_in_one_script, text)
    return _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()


def _in_one_script(word: re.Match[str]) -> str:
    """Spell a word with Latin letters in it in Latin altogether."""
    letters = word.group()
    return letters.translate(_LOOKALIKES) if _LATIN.search(letters) else letters


def _without_markup(text: str) -> str:
    """Return the words a reader of the HTML mail would see, one block a line."""
    soup = BeautifulSoup(text, "html.parser")
    for hidden in soup(["style", "script", "head", "title"]):
        hidden.decompose()
    for block in soup(["br", "p", "div", "tr", "li", "h1", "h2", "h3", "table", "blockquote"]):
        block.insert_before("\n")
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", soup.get_text())
