"""Synthetic exports are repeatable, belong to their company, and carry the truth."""

import json
from pathlib import Path

import pytest

from models.labels import LABELS
from training.company import harborline, invent_company, load_company
from training.errors import BadExport
from training.export import BadRow, read_export
from training.frames import load_frames
from training.synth import COLUMNS, synth
from training.writing import write_export

ROWS = 400


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return list(synth(harborline(), rows=ROWS, seed=4))


def test_every_frame_carries_one_of_the_22_labels() -> None:
    assert {frame.intent for frame in load_frames()} == set(LABELS)


def test_the_same_seed_gives_the_same_rows(rows: list[dict[str, str]]) -> None:
    assert list(synth(harborline(), rows=ROWS, seed=4)) == rows
    assert list(synth(harborline(), rows=ROWS, seed=5)) != rows


def test_rows_have_all_columns_and_no_slot_left(rows: list[dict[str, str]]) -> None:
    assert all(tuple(row) == COLUMNS for row in rows)
    assert not [row for row in rows if "{user." in row["short_description"] + row["description"]]


def test_rows_are_in_order_of_time_over_eighteen_months(rows: list[dict[str, str]]) -> None:
    times = [row["opened_at"] for row in rows]
    assert times == sorted(times)
    assert times[0] < "2025-07"
    assert times[-1] > "2026-10"


def test_a_manager_who_asks_is_the_real_manager(rows: list[dict[str, str]]) -> None:
    world = harborline()
    people = {user["userPrincipalName"]: user for user in world["users"]}
    asked_by = {frame.id: frame.opened_by for frame in load_frames()}
    checked = 0
    for row in rows:
        user = json.loads(row["u_parameters"]).get("user")
        if asked_by[row["u_frame"]] == "manager" and user in people and people[user]["manager"]:
            manager = next(one for one in world["users"] if one["id"] == people[user]["manager"])
            assert row["caller_id"] == manager["userPrincipalName"]
            checked += 1
    assert checked


def test_parameters_name_objects_of_the_directory(rows: list[dict[str, str]]) -> None:
    world = harborline()
    skus = {one["skuPartNumber"] for one in world["licenses"]}
    told = [json.loads(row["u_parameters"]) for row in rows if row["u_intent"] == "license_assign"]
    assert {one["license"] for one in told if "license" in one} <= skus


def test_an_invented_company_shares_nothing_with_harborline() -> None:
    text = json.dumps(list(synth(invent_company(9), rows=100, seed=1)))
    assert "harborline.example" not in text.replace('@harborline.example"', "")
    assert invent_company(9) == invent_company(9) != invent_company(10)


def test_a_company_file_that_lacks_a_part_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    path.write_text('{"users": []}', encoding="utf-8")
    with pytest.raises(BadExport, match="groups"):
        load_company(path)


def test_a_dirty_export_loses_only_its_broken_rows(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    path = tmp_path / "dirty.csv"
    write_export(path, rows, dirty=True, seed=1)
    read = list(read_export(path))
    broken = [row for row in read if isinstance(row, BadRow)]
    assert len(read) - len(broken) >= ROWS - len(broken)
    assert broken
