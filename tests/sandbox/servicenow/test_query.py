"""Encoded queries: what the text means, and that filtering by it is filtering by a plain predicate."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.sandbox.servicenow.matching import selected
from triage.sandbox.servicenow.query import Condition, Order, Query, from_pairs, parse
from triage.sandbox.servicenow.schema import Kind

KINDS: dict[str, Kind] = {"name": "string", "state": "integer", "opened_at": "datetime", "active": "boolean"}
Row = dict[str, str]


def known(path: str) -> bool:
    return path in KINDS


def kind_of(path: str) -> Kind:
    return KINDS[path]


def value_of(row: Row, path: str) -> str:
    return row[path]


def picked(text: str, rows: list[Row]) -> list[Row]:
    return selected(parse(text, known), rows, kind_of, value_of)


def row(name: str = "", state: str = "", opened_at: str = "", active: str = "") -> Row:
    return {"name": name, "state": state, "opened_at": opened_at, "active": active}


# What the text means


def test_or_binds_to_the_part_before_it_and_nq_starts_anew() -> None:
    query = parse("state=1^ORstate=2^active=true^NQname=x", known)
    one, two, three = (
        Condition("state", "=", "1"),
        Condition("state", "=", "2"),
        Condition("active", "=", "true"),
    )
    assert query == Query((((one, two), (three,)), ((Condition("name", "=", "x"),),)))


@pytest.mark.parametrize("part", ["colour=red", "state~1", "name", "=1", "name INSTANCEOFx", "nameBETWEEN1"])
def test_a_part_that_means_nothing_is_dropped_and_remembered(part: str) -> None:
    query = parse(f"state=1^{part}^active=true", known)
    assert query.dropped == (part,)
    assert len(query.queries[0]) == 2


def test_a_query_of_nothing_but_nonsense_returns_every_row() -> None:
    rows = [row(name="a"), row(name="b")]
    assert picked("colour=red^numbr=INC1", rows) == rows


def test_a_dropped_or_part_leaves_the_rest_of_its_group() -> None:
    assert picked("colour=red^ORstate=1", [row(state="1"), row(state="2")]) == [row(state="1")]


def test_the_caret_cannot_be_hidden_in_a_value() -> None:
    assert picked("name=x^ORstate=1", [row(name="x^ORstate=1"), row(state="1")]) == [row(state="1")]


@pytest.mark.parametrize("form", ["name NOT INa", "nameNOT LIKEa", "nameNOTLIKEa"])
def test_both_spellings_of_not_like_are_read(form: str) -> None:
    assert parse(form.replace("name ", "name"), known).dropped == ()


def test_orders_are_read_in_the_order_given() -> None:
    query = parse("ORDERBYstate^ORDERBYDESCname^ORDERBYcolour^EQ", known)
    assert query.orders == (Order("state", descending=False), Order("name", descending=True))
    assert query.dropped == ("ORDERBYcolour",)


def test_name_value_pairs_must_all_hold_and_unknown_ones_are_dropped() -> None:
    query = from_pairs([("state", "1"), ("colour", "red")], known)
    assert selected(query, [row(state="1"), row(state="2")], kind_of, value_of) == [row(state="1")]
    assert query.dropped == ("colour",)


# What a value means


@pytest.mark.parametrize(
    ("query", "value", "found"),
    [
        ("name=ANNA", "anna", True),  # text is compared without regard to case
        ("name=", "", True),
        ("name=NULL", "", True),
        ("name!=x", "", True),  # as in the product, "is not" finds the empty field
        ("nameLIKE", "anything", True),
        ("nameNOT LIKEnn", "Anna", False),
        ("nameENDSWITHNA", "anna", True),
        ("nameINb,anna", "Anna", True),
        ("nameNOT INb,anna", "Anna", False),
        ("nameIN,b", "", True),
        ("name>b", "", False),
    ],
)
def test_text(query: str, value: str, found: bool) -> None:
    assert bool(picked(query, [row(name=value)])) is found


def test_numbers_are_compared_as_numbers() -> None:
    rows = [row(state="-5"), row(state="9"), row(state="10"), row()]
    assert picked("state>=9", rows) == [row(state="9"), row(state="10")]
    assert picked("stateBETWEEN-6@9", rows) == [row(state="-5"), row(state="9")]


def test_what_is_no_number_equals_no_number() -> None:
    assert picked("state=new", [row(state="1"), row()]) == []
    assert picked(f"state<{'9' * 5000}", [row(state="1")]) == []


def test_a_boolean_may_be_asked_for_by_digit() -> None:
    assert picked("active=1", [row(active="true"), row(active="false")]) == [row(active="true")]


def test_nothing_sorts_before_everything() -> None:
    rows = [row(state="10"), row(), row(state="9")]
    assert [r["state"] for r in picked("ORDERBYstate", rows)] == ["", "9", "10"]
    assert [r["state"] for r in picked("ORDERBYDESCstate", rows)] == ["10", "9", ""]


# The property: a parsed query filters like a predicate written down in plain Python


class Part(NamedTuple):
    """A condition as the test generates it, before it is text."""

    path: str
    operator: str
    value: str


NAMES = st.text(st.sampled_from("aAbBéßE ORQ,@=<>"), max_size=4)
STATES = st.integers(-6, 12).map(str)
TIMES = st.datetimes().map(lambda at: at.strftime("%Y-%m-%d %H:%M:%S"))
VALUES = {"name": NAMES, "state": STATES, "opened_at": TIMES, "active": st.sampled_from(["true", "false"])}
SIMPLE = (
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "LIKE",
    "NOT LIKE",
    "STARTSWITH",
    "ENDSWITH",
    "ISEMPTY",
    "ISNOTEMPTY",
)


def parts_of(path: str) -> st.SearchStrategy[Part]:
    # `name<` with the value `=a` is `name<=` with the value `a`, in the product too.
    value = VALUES[path].map(lambda v: v.replace("@", "").lstrip("="))
    simple = st.builds(Part, st.just(path), st.sampled_from(SIMPLE), value)
    lists = st.builds(
        Part, st.just(path), st.sampled_from(["IN", "NOT IN"]), st.lists(value, min_size=1).map(",".join)
    )
    ranges = st.builds(Part, st.just(path), st.just("BETWEEN"), st.tuples(value, value).map("@".join))
    return simple | lists | ranges


PARTS = st.sampled_from(sorted(KINDS)).flatmap(parts_of)
QUERIES = st.lists(
    st.lists(st.lists(PARTS, min_size=1, max_size=3), min_size=1, max_size=3), min_size=1, max_size=3
)
ROWS = st.lists(
    st.fixed_dictionaries({path: st.just("") | values for path, values in VALUES.items()}), max_size=8
)


def written(queries: list[list[list[Part]]]) -> str:
    """Write the structure down as ServiceNow does."""
    return "^NQ".join(
        "^".join("^OR".join("".join(part) for part in group) for group in one) for one in queries
    )


def same(have: str, wanted: str) -> bool:
    return (have == "") == (wanted == "") and have.casefold() == wanted.casefold()


def order(path: str, have: str, wanted: str) -> int | None:
    """Return -1, 0 or 1 for less, equal, greater; None where one of them is nothing."""
    if "" in {have, wanted}:
        return None
    if path == "state":
        return (int(have) > int(wanted)) - (int(have) < int(wanted))
    return (have.casefold() > wanted.casefold()) - (have.casefold() < wanted.casefold())


def plainly(part: Part, row: Row) -> bool:
    """Say what a condition means, without looking at how the product code says it."""
    path, operator, wanted = part
    have = row[path]
    low, _, high = wanted.partition("@")
    text, sought = have.casefold(), wanted.casefold()
    meaning = {
        "=": same(have, wanted),
        "!=": not same(have, wanted),
        "IN": any(same(have, one.strip()) for one in wanted.split(",")),
        "NOT IN": not any(same(have, one.strip()) for one in wanted.split(",")),
        "LIKE": sought in text,
        "NOT LIKE": sought not in text,
        "STARTSWITH": text.startswith(sought),
        "ENDSWITH": text.endswith(sought),
        "ISEMPTY": not have,
        "ISNOTEMPTY": bool(have),
    }
    if operator == "BETWEEN":
        return order(path, have, low) in {0, 1} and order(path, have, high) in {-1, 0}
    if operator in meaning:
        return meaning[operator]
    return order(path, have, wanted) in {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}}[operator]


@given(QUERIES, ROWS)
def test_a_query_filters_like_a_plain_predicate(queries: list[list[list[Part]]], rows: list[Row]) -> None:
    wanted = [
        row
        for row in rows
        if any(all(any(plainly(part, row) for part in group) for group in one) for one in queries)
    ]
    assert picked(written(queries), rows) == wanted


@given(QUERIES, ROWS, st.sampled_from(["colour=red", "state!!1", "ORDERBYcolour"]))
def test_a_broken_part_never_takes_rows_away(
    queries: list[list[list[Part]]], rows: list[Row], broken: str
) -> None:
    last = queries[-1]
    with_broken = [*queries[:-1], [*last[:-1], [Part(broken, "", "")]]]
    before = picked(written(queries), rows)
    assert all(row in picked(written(with_broken), rows) for row in before)


@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    picked(text, [row(name="a", state="1")])


@given(ROWS, st.integers(1, 4))
def test_reading_by_the_last_key_sees_every_row_once(rows: list[Row], size: int) -> None:
    """The way to read a moving table: the key of the last row seen instead of an offset."""
    keyed = [row | {"name": f"k{n:02}"} for n, row in enumerate(rows)]
    seen: list[Row] = []
    while page := picked(f"name>{seen[-1]['name'] if seen else 'k'}^ORDERBYname", keyed)[:size]:
        seen += page
    assert seen == keyed
