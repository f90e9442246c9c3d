"""Which words spoke for a label: the weights of words, pairs and character n-grams put back on the words."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from models.concepts import mark, spoken, without_marks
from models.fast import Scorer
from models.ngrams import pairs
from models.prediction import Word

Weights = defaultdict[str, float]

_LEAST = 0.01  # log-odds below which a word said nothing
_LONGEST = 60  # characters of a word that are shown; a hostile one has thousands


def spoken_words(scorer: Scorer, text: str, column: int, limit: int) -> tuple[Word, ...]:
    """Return the `limit` words that moved the label in `column` most, by signed log-odds, strongest first.

    A pair gives half to each of its words; an n-gram gives its share to every token it stands in; a mark
    gives its share to the words of its notion.
    """
    features = scorer.features(text)
    pull = scorer.weights.matrix[:, column]
    pulls = dict(zip(features.ids.tolist(), (features.values * pull[features.ids]).tolist(), strict=True))
    weights: Weights = defaultdict(float)
    _add_terms(weights, features.words, scorer.weights.word_ids, pulls)
    _add_chars(weights, scorer, features.tokens, pulls)
    of_marks: Weights = defaultdict(float)
    _add_terms(of_marks, features.marks, scorer.weights.mark_ids, pulls)
    _add_marks(weights, without_marks(text)[0], of_marks)
    ranked = sorted(weights.items(), key=lambda item: (-abs(item[1]), item[0]))
    heard = [(word, weight) for word, weight in ranked[:limit] if abs(weight) >= _LEAST]
    return tuple(Word(word=_shown(word), weight=round(weight, 3)) for word, weight in heard)


def _shown(word: str) -> str:
    return word if len(word) <= _LONGEST else f"{word[: _LONGEST - 1]}…"


def _add_terms(
    weights: Weights, found: list[str], known: Mapping[str, int], pulls: Mapping[int, float]
) -> None:
    """Add what single terms and pairs of neighbours pulled to the terms."""
    for term in set(found):
        weights[term] += pulls.get(known.get(term, -1), 0.0)
    for pair in set(pairs(found)):
        for term in pair.split(" "):
            weights[term] += pulls.get(known.get(pair, -1), 0.0) / 2


def _add_chars(weights: Weights, scorer: Scorer, tokens: list[str], pulls: Mapping[int, float]) -> None:
    grams = [scorer.grams(token).tolist() for token in tokens]
    times = Counter(place for places in grams for place in places)
    for token, places in zip(tokens, grams, strict=True):
        key = token.strip(".,;:!?()[]\"'<>") or token
        weights[key] += sum(pulls[place] / times[place] for place in places)


def _add_marks(weights: Weights, text: str, pulls: Mapping[str, float]) -> None:
    heard = [(word, name) for word, names in spoken(text) for name in names]
    times = Counter(name for _, name in heard)
    for word, name in heard:
        weights[word] += pulls.get(mark(name), 0.0) / times[name]
