"""The demo's promises: one at a time, nothing left behind, no played ticket learnt before."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import psutil
import pytest

from training.company import harborline
from triage.cli.demo.house import forget_process, house, note_process
from triage.cli.demo.proof import Told
from triage.cli.demo.service import check_port
from triage.cli.demo.story import story
from triage.errors import NotConfigured
from triage.playbooks.load import load_playbooks

TODAY = date(2026, 11, 24)
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_two_demos_in_one_folder_are_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with house(folder):
        (folder / "kept").touch()
        with pytest.raises(NotConfigured, match="another demo"), house(folder):
            pass
        assert (folder / "kept").exists()


def test_a_demo_begins_with_an_empty_folder(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with house(folder) as unfinished:
        (folder / "old").touch()
        assert not unfinished
    with house(folder) as unfinished:
        assert (list(folder.iterdir()), unfinished) == ([], False)


def test_a_service_that_a_killed_demo_left_running_is_ended_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    with subprocess.Popen(SLEEP) as left:
        note_process(folder, left.pid)
        with house(folder) as unfinished:
            assert unfinished
            assert not psutil.pid_exists(left.pid)


def test_a_process_number_that_others_use_by_now_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    with subprocess.Popen(SLEEP) as stranger:
        started = psutil.Process(stranger.pid).create_time() - 3600
        (folder / "service.json").write_text(json.dumps({"pid": stranger.pid, "started": started}))
        with house(folder):
            assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("note", ["", "no json", "{}", '{"pid": "x", "started": 1}'])
def test_a_note_that_cannot_be_read_stops_no_demo(tmp_path: Path, note: str) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "service.json").write_text(note)
    with house(folder) as unfinished:
        assert unfinished


def test_after_an_ordinary_end_there_is_nothing_to_tidy_up(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    with subprocess.Popen(SLEEP) as ours:
        note_process(folder, ours.pid)
        ours.kill()
    forget_process(folder)
    with house(folder) as unfinished:
        assert not unfinished


def test_a_taken_port_is_named_before_anything_is_started() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(NotConfigured, match=f"port {port}"):
            check_port(port)
    check_port(port)


def test_no_frame_is_both_learnt_and_played() -> None:
    told = story(harborline(), 60, seed=3, today=TODAY)
    played = {row["u_frame"] for row in told.played if "u_frame" in row}
    learnt = {row["u_frame"] for row in told.learnt}
    assert played
    assert not played & learnt


def test_as_many_tickets_are_played_as_were_asked_for_and_the_same_every_time() -> None:
    first, second = (story(harborline(), 33, seed=3, today=TODAY).played for _ in range(2))
    assert len(first) == 33
    assert first == second


@pytest.mark.parametrize(
    "bad", [{"lost": 1}, {"unverified": ("INC1",)}, {"privileged_touched": ("admin@x.example",)}]
)
def test_a_demo_with_anything_lost_unproven_or_forbidden_is_not_ok(bad: dict[str, object]) -> None:
    good = {"tickets": 2, "settled": {"resolved": 2}, "lost": 0}
    assert Told.model_validate(good).ok
    assert not Told.model_validate(good | bad).ok


def test_every_intent_is_played_at_least_twice() -> None:
    played = story(harborline(), 80, seed=3, today=TODAY).played
    twice = {label for label, count in Counter(row["u_intent"] for row in played).items() if count >= 2}
    assert twice >= set(load_playbooks())
