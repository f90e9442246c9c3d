"""Values that a site's own playbook bounds are found in words, and nothing else passes for one."""

from __future__ import annotations

import pytest

from tests.resolve.town import TOWN, ticket
from triage.playbooks.model import ParameterRule
from triage.resolve.bounded import find_bounded
from triage.resolve.reading import Reading, read_ticket

SIZE = ParameterRule.model_validate(
    {"kind": "enum", "from": ["text"], "values": ["small", "large"], "words": {"large": ["groß", "big one"]}}
)
CENTRE = ParameterRule.model_validate({"kind": "text", "from": ["text"], "pattern": "CC-[0-9]{4}"})
COPIES = ParameterRule.model_validate({"kind": "number", "from": ["field:copies"], "least": 1, "most": 50})


def reading_of(text: str) -> Reading:
    """Return a field of a form as the resolver reads it."""
    reading = read_ticket(ticket("", fields={"field": text}), TOWN)
    return reading.only(reading.fields[0])


@pytest.mark.parametrize(
    ("rule", "text", "values", "candidates"),
    [
        (SIZE, "The large room, please", ("large",), ()),
        (SIZE, "Bitte den GROSS en", ("large",), ()),
        (SIZE, "We want the big one.", ("large",), ()),
        (SIZE, "The smaller one", (), ()),
        (SIZE, "Large or small?", (), ("small", "large")),
        (CENTRE, "Book it on CC-4711, please.", ("CC-4711",), ()),
        (CENTRE, "Book it on XCC-47110", (), ()),
        (CENTRE, "CC-4711 or (CC-4712)", (), ("CC-4711", "CC-4712")),
        (CENTRE, "CC-4711; rm -rf", ("CC-4711",), ()),
        (COPIES, "12", ("12",), ()),
        (COPIES, "051", (), ()),
        (COPIES, "0", (), ()),
        (COPIES, "12 or so", (), ()),
        (COPIES, "-3", (), ()),
        (COPIES, "\uff19", ("9",), ()),
    ],
)
def test_what_the_words_hold_within_the_bounds_is_found(
    rule: ParameterRule, text: str, values: tuple[str, ...], candidates: tuple[str, ...]
) -> None:
    found = find_bounded(rule, reading_of(text))
    assert (found.values, found.candidates) == (values, candidates)


def test_a_word_that_would_make_other_expressions_slow_makes_none_slow() -> None:
    rule = ParameterRule.model_validate({"kind": "text", "from": ["text"], "pattern": "(a+)+b"})
    assert find_bounded(rule, reading_of("a" * 90)).values == ()
