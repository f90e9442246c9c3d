"""A key file: made once, by whoever is first, and never seen half written."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from triage.errors import NotConfigured
from triage.keyfile import KEY_BYTES, key_file


def test_all_who_ask_at_once_get_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "one.key"
    with ThreadPoolExecutor(16) as many:
        keys = set(many.map(lambda _: key_file(path, lost=""), range(64)))
    assert [len(key) for key in keys] == [KEY_BYTES]
    assert [file.name for file in path.parent.iterdir()] == ["one.key"]


def test_the_file_and_a_new_folder_are_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "one.key"
    key_file(path, lost="")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_without_a_whole_key_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "one.key").write_bytes(b"short")
    with pytest.raises(NotConfigured) as refused:
        key_file(tmp_path / "one.key", lost="Restore it.")
    assert refused.value.hint == "Restore it."
