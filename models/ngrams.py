r"""How a text is cut into features: words, character n-grams within white-space tokens, marks of notions.

Words and marks count singly and in pairs of neighbours. Equal to scikit-learn's
`TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b")` and
`TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4))`, lower-cased; tests hold it to that.
"""

import re
from itertools import pairwise
from typing import Final

WORD_PATTERN: Final = r"(?u)\b\w+\b"
WORD_RANGE: Final = (1, 2)
CHAR_RANGE: Final = (2, 4)
MARK_RANGE: Final = (1, 2)

_WORD = re.compile(WORD_PATTERN)


def words(lowered: str) -> list[str]:
    """Return the words of a lower-cased text, in order."""
    return _WORD.findall(lowered)


def pairs(found: list[str]) -> list[str]:
    """Return the pairs of neighbouring words."""
    return [f"{first} {second}" for first, second in pairwise(found)]


def char_grams(token: str) -> list[str]:
    """Return the 2- to 4-grams of one white-space token, padded with a blank on either side."""
    padded = f" {token} "
    grams: list[str] = []
    for size in range(CHAR_RANGE[0], CHAR_RANGE[1] + 1):
        grams += [padded[at : at + size] for at in range(max(1, len(padded) - size + 1))]
        if len(padded) <= size:
            break
    return grams
