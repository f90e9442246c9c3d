"""Labels come from a column or from rules; the first rule that matches wins."""

from pathlib import Path

import pytest

from training.course import read_labelled
from training.errors import BadMapping, BadTraining
from training.mapping import by_column, by_rules

RULES = """
rules:
  - {category: Access, regex: "passwor[dt]", label: password_reset}
  - {category: access, label: account_unlock}
  - {assignment_group: Spam, label: drop}
rest: other
"""


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"category": "access", "short_description": "Passwort vergessen"}, "password_reset"),
        ({"category": "ACCESS", "short_description": "locked"}, "account_unlock"),
        ({"assignment_group": "spam"}, None),
        ({"category": "Network"}, "other"),
    ],
)
def test_the_first_rule_that_matches_wins(tmp_path: Path, fields: dict[str, str], label: str | None) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(RULES, encoding="utf-8")
    assert by_rules(path)(fields) == label


def test_labels_are_compared_without_case_and_blanks() -> None:
    label = by_column("u_intent")
    assert label({"u_intent": " Password Reset "}) == "password_reset"
    assert label({"u_intent": " "}) is None


@pytest.mark.parametrize(
    "text", ["rules: []", "rules: [{labl: x}]", "rules: [{label: x, regex: '('}]", ": :"]
)
def test_a_broken_mapping_is_refused_with_a_hint(tmp_path: Path, text: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadMapping) as refused:
        by_rules(path)
    assert refused.value.hint


def test_a_misspelt_key_is_named_with_its_rule(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text("rules: [{label: x, regex: y}, {label: x, categry: y}]", encoding="utf-8")
    with pytest.raises(BadMapping, match=r"rules\.1\.categry: Extra inputs are not permitted$"):
        by_rules(path)


def test_a_mapping_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_bytes("rules: [{label: x, category: Störung}]".encode("cp1252"))
    with pytest.raises(BadMapping, match="UTF-8"):
        by_rules(path)


def test_a_column_and_rules_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTraining, match="u_intent") as refused:
        read_labelled([tmp_path / "x.csv"], "u_intent", tmp_path / "map.yaml", keep_rare=True)
    assert "--map" in refused.value.hint
