"""Which words spoke for a label: the weights of words, pairs and character n-grams put back on the words."""

import numpy as np

from models.fast import Scorer
from models.ngrams import pairs
from models.prediction import Word

_LEAST = 0.01  # log-odds below which a word said nothing


def spoken_words(scorer: Scorer, text: str, column: int, limit: int) -> tuple[Word, ...]:
    """Return the `limit` words that moved the label in `column` most, by signed log-odds, strongest first.

    A pair gives half to each of its words; an n-gram gives its share to every token it stands in.
    """
    lowered = text.lower()
    (word_ids, word_values), (char_ids, char_values) = scorer.features(lowered)[0]
    pull = scorer.weights.matrix[:, column]
    of_word = dict(zip(word_ids.tolist(), (word_values * pull[word_ids]).tolist(), strict=True))
    of_char = dict(zip(char_ids.tolist(), (char_values * pull[char_ids]).tolist(), strict=True))
    weights = _from_words(scorer, lowered, of_word)
    for token, weight in _from_chars(scorer, lowered, of_char).items():
        key = token.strip(".,;:!?()[]\"'<>") or token
        weights[key] = weights.get(key, 0.0) + weight
    ranked = sorted(weights.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple(Word(word=word, weight=round(w, 3)) for word, w in ranked[:limit] if abs(w) >= _LEAST)


def _from_words(scorer: Scorer, lowered: str, of_word: dict[int, float]) -> dict[str, float]:
    found, known = scorer.features(lowered)[1], scorer.weights.word_ids
    weights = {word: of_word.get(known.get(word, -1), 0.0) for word in found}
    for pair in set(pairs(found)):
        for word in pair.split(" "):
            weights[word] += of_word.get(known.get(pair, -1), 0.0) / 2
    return weights


def _from_chars(scorer: Scorer, lowered: str, of_char: dict[int, float]) -> dict[str, float]:
    tokens = lowered.split()
    grams = [scorer.grams(token) for token in tokens]
    if not tokens or not sum(map(len, grams)):
        return {}
    ids, counts = np.unique(np.concatenate(grams), return_counts=True)
    share = {
        place: of_char[place] / times for place, times in zip(ids.tolist(), counts.tolist(), strict=True)
    }
    weights: dict[str, float] = {}
    for token, places in zip(tokens, grams, strict=True):
        weights[token] = weights.get(token, 0.0) + sum(share[place] for place in places.tolist())
    return weights
